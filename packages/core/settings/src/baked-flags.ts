import type { ResolvedSettings } from './resolve-settings.ts'
import { settingFlags } from './setting-flags.ts'
import { settingValues } from './setting-rows.ts'

/** The flags `--key=value` by which a hook finds the same places, in `settingFlags` order: those not read from a file again. */
export function bakedFlags({ settings, sources }: ResolvedSettings): readonly string[] {
  return settingFlags
    .filter((row) => row.baked && (sources[row.toml] === 'flag' || sources[row.toml] === 'env'))
    .map((row) => `${row.flag}=${[settingValues[row.toml](settings) ?? ''].flat().join(':')}`)
}
