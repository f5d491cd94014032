/** The global settings, from flags, environment and files, as one checked value. Not for reading files: the caller hands their tables in. */
export { bakedFlags } from './baked-flags.ts'
export { readContainerdConfig } from './containerd-config.ts'
export { dataStorePath } from './data-store.ts'
export { enterArguments, kitFolders } from './enter-kit.ts'
export { atHome, type Homes, homesOf, homeVariables, tomlFile } from './homes.ts'
export {
  containerdConfigFile,
  type GivenFile,
  type Places,
  type ResolvedSettings,
  resolveSettings,
  type SettingsInput,
} from './resolve-settings.ts'
export { resolveRuntime } from './runtime-settings.ts'
export { settingFlags } from './setting-flags.ts'
export { type SettingRow, settingRows } from './setting-rows.ts'
export type { GivenSettings, SettingKey, Settings, Source } from './settings.ts'
export { firstWord, splitGlobalFlags, splitHookFlags } from './split-flags.ts'
export type { TomlTable } from './toml.ts'
export { version } from './version.ts'
export { readVethraToml } from './vethra-toml.ts'
