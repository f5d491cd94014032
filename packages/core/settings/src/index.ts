/**
 * The global settings of a command, from flags, environment and configuration files, as one checked
 * value. Not for reading files: the caller hands their text in.
 */
export { bakedFlags } from './baked-flags.ts'
export { parseContainerdConfig } from './containerd-config.ts'
export { dataStorePath } from './data-store.ts'
export { loadSettings, type SettingsSource } from './load-settings.ts'
export {
  containerdConfigFile,
  type GivenFile,
  type Places,
  type ResolvedSettings,
  resolveSettings,
  type SettingsInput,
} from './resolve-settings.ts'
export { type SettingFlag, settingFlags } from './setting-flags.ts'
export type {
  AddressPool,
  GivenSettings,
  LogLevel,
  SettingKey,
  Settings,
  Source,
} from './settings.ts'
export { type SplitFlags, splitGlobalFlags, splitHookFlags } from './split-flags.ts'
export { parseVethraToml, tomlFile } from './vethra-toml.ts'
