import type { ResolvedSettings } from './resolve-settings.ts'
import { defaultRuntime } from './runtime-settings.ts'
import type { SettingKey, Settings, Source } from './settings.ts'

/** A setting as `config show` prints it. */
export interface SettingRow {
  /** As vethra.toml spells it. */
  readonly Key: string
  /** In the unit of vethra.toml; null where the host decides. */
  readonly Value: unknown
  readonly Source: Source
  /** The flag, variable or file that it came from; empty for a default. */
  readonly From: string
}

/** Every setting that holds, in the order of help texts, then the table `runtime`. */
export function settingRows(
  { settings, sources, origins }: ResolvedSettings,
  given: { readonly env: Readonly<Record<string, string | undefined>>; readonly file: string },
): readonly SettingRow[] {
  const { env, file } = given
  const keys = Object.keys(sources) as readonly SettingKey[]
  const rows = keys.map((key) => ({
    Key: key,
    Value: settingValues[key](settings) ?? null,
    Source: sources[key],
    From: origins[key],
  }))
  return [...rows, ...runtimeRows(settings, env, file)]
}

/** The value of each setting, in the unit of vethra.toml. */
export const settingValues: Readonly<Record<SettingKey, (settings: Settings) => unknown>> = {
  data_root: ({ dataRoot }) => dataRoot,
  address: ({ address }) => address,
  namespace: ({ namespace }) => namespace,
  cni_path: ({ cniPath }) => cniPath,
  cni_netconfpath: ({ cniNetconfpath }) => cniNetconfpath,
  containerd_config: ({ containerdConfig }) => containerdConfig,
  cni_cache: ({ cniCache }) => cniCache,
  plugins: ({ plugins }) => plugins,
  log_level: ({ logLevel }) => logLevel,
  dns: ({ dns }) => dns,
  dns_opts: ({ dnsOpts }) => dnsOpts,
  dns_search: ({ dnsSearch }) => dnsSearch,
  host_gateway_ip: ({ hostGatewayIp }) => hostGatewayIp,
  bridge_ip: ({ bridgeIp }) => bridgeIp,
  address_pools: ({ addressPools }) => addressPools,
  plugin_timeout: ({ pluginTimeoutMs }) => pluginTimeoutMs / 1000,
  plugin_output_limit: ({ pluginOutputLimit }) => pluginOutputLimit / 1024 / 1024,
  socket: ({ socket }) => socket,
  reconcile_interval: ({ reconcileIntervalMs }) => reconcileIntervalMs / 1000,
}

function runtimeRows(
  { runtime }: Settings,
  env: Readonly<Record<string, string | undefined>>,
  file: string,
): readonly SettingRow[] {
  const { binary, ports, modes, networks } = runtime
  const given = { binary, ports: `${ports[0]}-${ports[1]}`, modes, networks }
  const usual = { ...defaultRuntime, ports: defaultRuntime.ports.join('-'), networks: undefined }
  return (['binary', 'ports', 'modes', 'networks'] as const).map((key) => {
    const byEnv = key === 'binary' && Boolean(env['VETHRA_RUNTIME'])
    const isUsual = JSON.stringify(given[key]) === JSON.stringify(usual[key])
    const [Source, From] = byEnv
      ? (['env', 'VETHRA_RUNTIME'] as const)
      : isUsual
        ? (['default', ''] as const)
        : (['toml', file] as const)
    return { Key: `runtime.${key}`, Value: given[key] ?? null, Source, From }
  })
}
