import type { ResolvedSettings } from './resolve-settings.ts'
import { settingFlags } from './setting-flags.ts'
import type { SettingKey, Settings } from './settings.ts'

/** The flags `--key=value` by which a hook finds the same places, in `settingFlags` order: those not read from a file again. */
export function bakedFlags({ settings, sources }: ResolvedSettings): readonly string[] {
  return settingFlags
    .filter((row) => row.baked && (sources[row.toml] === 'flag' || sources[row.toml] === 'env'))
    .map((row) => `${row.flag}=${texts[row.toml]?.(settings) ?? ''}`)
}

const texts: Partial<Record<SettingKey, (settings: Settings) => string | undefined>> = {
  data_root: (settings) => settings.dataRoot,
  address: (settings) => settings.address,
  namespace: (settings) => settings.namespace,
  cni_path: (settings) => settings.cniPath.join(':'),
  cni_netconfpath: (settings) => settings.cniNetconfpath,
  containerd_config: (settings) => settings.containerdConfig,
  cni_cache: (settings) => settings.cniCache,
  plugins: (settings) => settings.plugins,
  log_level: (settings) => settings.logLevel,
  plugin_timeout: (settings) => String(settings.pluginTimeoutMs / 1000),
  plugin_output_limit: (settings) => String(settings.pluginOutputLimit / (1024 * 1024)),
}
