/** The global settings, from flags, environment and files, as one checked value. Not for reading files: the caller hands their tables in. */
export { bakedFlags } from './baked-flags.ts'
export { readContainerdConfig } from './containerd-config.ts'
export { dataStorePath } from './data-store.ts'
export { enterArguments, kitFolders, type OutsideCall, type RunningKit } from './enter-kit.ts'
export { atHome, type Homes, homesOf, homeVariables } from './homes.ts'
export {
  containerdConfigFile,
  type GivenFile,
  type Places,
  type ResolvedSettings,
  resolveSettings,
  type SettingsInput,
} from './resolve-settings.ts'
export { type RuntimePlaces, resolveRuntime } from './runtime-settings.ts'
export { type SettingFlag, settingFlags } from './setting-flags.ts'
export { type SettingRow, settingRows } from './setting-rows.ts'
export type {
  AddressPool,
  GivenSettings,
  LogLevel,
  RuntimeMode,
  RuntimeSettings,
  SettingKey,
  Settings,
  Source,
} from './settings.ts'
export { type SplitFlags, splitGlobalFlags, splitHookFlags } from './split-flags.ts'
export type { TomlTable } from './toml.ts'
export { tomlFile } from './toml-file.ts'
export { version } from './version.ts'
export { readVethraToml } from './vethra-toml.ts'
