import { present } from '@vethra/cni'
import { atHome, type Homes } from './homes.ts'
import { resolveRuntime } from './runtime-settings.ts'
import { type SettingFlag, settingFlags } from './setting-flags.ts'
import type { GivenSettings, RuntimeSettings, SettingKey, Settings, Source } from './settings.ts'
import {
  type Given,
  readAddresses,
  readBridgeIp,
  readInterval,
  readLevel,
  readMebioctets,
  readNamespace,
  readOneAddress,
  readPath,
  readPathList,
  readPluginChoice,
  readPools,
  readSeconds,
  readSocket,
  readWords,
} from './values.ts'

/** The settings of a file, still as text. */
export interface GivenFile {
  /** The path, for errors. */
  readonly file: string
  readonly settings: GivenSettings
  /** The table `runtime` of vethra.toml; absent without. */
  readonly runtime?: RuntimeSettings
}

/** The places where a setting may be given, but containerd's config. */
export interface Places {
  /** By `splitGlobalFlags`. */
  readonly flags: GivenSettings
  readonly env: Readonly<Record<string, string | undefined>>
  /** By `readVethraToml`; absent when there is no such file. */
  readonly toml?: GivenFile
}

/** All that settings are resolved from. */
export interface SettingsInput extends Places {
  /** By `readContainerdConfig`; absent when none is to be read. */
  readonly containerd?: GivenFile
  /** Whether a folder exists: asked of the usual plugin folders only. */
  readonly existing: (dir: string) => boolean
  /** Default: `/var/lib/vethra`. For nerdctl's own hook line: `/var/lib/nerdctl`. A user has it where `atHome` says. */
  readonly defaultDataRoot?: string
  /** By `homesOf`; absent outside of RootlessKit. */
  readonly homes?: Homes | undefined
}

/** Settings, and where each came from. */
export interface ResolvedSettings {
  readonly settings: Settings
  readonly sources: Readonly<Record<SettingKey, Source>>
  /** The flag, variable or file that each came from; empty for a default. */
  readonly origins: Readonly<Record<SettingKey, string>>
  /** The folders of the user; absent outside of RootlessKit. */
  readonly homes?: Homes
}

/** The settings that hold: flag, environment, vethra.toml, containerd's config, default. Throws CniError 103 for the first invalid one used. */
export function resolveSettings(input: SettingsInput): ResolvedSettings {
  const found = new Map(settingFlags.map((row) => [row.toml, find(row, input)]))
  const value = <T>(key: SettingKey, read: (given: Given) => T): T | undefined => {
    const given = found.get(key)
    return given && read(given)
  }
  const { homes, defaultDataRoot } = input
  const defaults = defaultsFor(homes)
  const dataRoot = defaultDataRoot ? atHome(homes, defaultDataRoot) : defaults.dataRoot
  const settings = {
    dataRoot: value('data_root', readPath) ?? dataRoot,
    address: value('address', readSocket) ?? defaults.address,
    namespace: value('namespace', readNamespace) ?? defaults.namespace,
    cniPath: value('cni_path', readPathList) ?? [pluginFolder(input.existing, homes)],
    cniNetconfpath: value('cni_netconfpath', readPath) ?? defaults.cniNetconfpath,
    cniCache: value('cni_cache', readPath) ?? defaults.cniCache,
    plugins: value('plugins', readPluginChoice) ?? defaults.plugins,
    logLevel: value('log_level', readLevel) ?? defaults.logLevel,
    addressPools: value('address_pools', readPools) ?? [],
    pluginTimeoutMs: value('plugin_timeout', readSeconds) ?? defaults.pluginTimeoutMs,
    pluginOutputLimit: value('plugin_output_limit', readMebioctets) ?? defaults.pluginOutputLimit,
    socket: value('socket', readPath) ?? defaults.socket,
    reconcileIntervalMs: value('reconcile_interval', readInterval) ?? defaults.reconcileIntervalMs,
    runtime: resolveRuntime(input),
    ...present({
      containerdConfig: value('containerd_config', readPath),
      dns: value('dns', readAddresses),
      dnsOpts: value('dns_opts', readWords),
      dnsSearch: value('dns_search', readWords),
      hostGatewayIp: value('host_gateway_ip', readOneAddress),
      bridgeIp: value('bridge_ip', readBridgeIp),
    }),
  }
  return { settings, ...whence(found), ...(homes ? { homes } : {}) }
}

function whence(
  found: ReadonlyMap<SettingKey, Found | undefined>,
): Pick<ResolvedSettings, 'sources' | 'origins'> {
  const sources = [...found].map(([key, given]) => [key, given?.source ?? 'default'])
  const origins = [...found].map(([key, given]) => [key, given?.origin ?? ''])
  return { sources: Object.fromEntries(sources), origins: Object.fromEntries(origins) }
}

/** The path of containerd's config, which is read before settings are resolved; else `undefined`. Throws CniError 103 as resolveSettings. */
export function containerdConfigFile(places: Places): string | undefined {
  const row = settingFlags.find(({ toml }) => toml === 'containerd_config')
  const given = row && find(row, places)
  return given && readPath(given)
}

function find(
  { flag, env: name = '', toml: key }: SettingFlag,
  { flags, env, toml, containerd }: Places & { readonly containerd?: GivenFile },
): Found | undefined {
  // ":" alone names no folder either: CNI_PATH drops its empty elements.
  const variable = env[name] && /[^:\s]/.test(env[name]) ? env[name] : undefined
  const [fromToml, fromContainerd] = [toml?.settings[key], containerd?.settings[key]]
  if (isGiven(flags[key])) return given('flag', flag, flags[key])
  if (isGiven(variable)) return given('env', name, variable)
  const [tomlFile = '', containerdFile = ''] = [toml?.file, containerd?.file]
  if (isGiven(fromToml))
    return { ...given('toml', tomlFile, fromToml), where: `${key} in ${tomlFile}` }
  if (!isGiven(fromContainerd)) return undefined
  const where = `CNI settings in ${containerdFile}`
  return { ...given('containerd', containerdFile, fromContainerd), where }
}

interface Found extends Given {
  readonly source: Source
  /** The flag, variable or file. */
  readonly origin: string
}

type Value = string | readonly string[]

// An empty text is given, and refused; an empty array is none.
function isGiven(value: Value | undefined): value is Value {
  return value === '' || (value !== undefined && value.length > 0)
}

function given(source: Source, origin: string, value: Value): Found {
  return { source, origin, where: origin, texts: typeof value === 'string' ? [value] : value }
}

function defaultsFor(homes: Homes | undefined): Pick<Settings, keyof typeof defaults> {
  const { dataRoot, cniNetconfpath, cniCache, socket } = defaults
  return {
    ...defaults,
    dataRoot: atHome(homes, dataRoot),
    cniNetconfpath: atHome(homes, cniNetconfpath),
    cniCache: atHome(homes, cniCache),
    socket: atHome(homes, socket),
  }
}

const defaults = {
  dataRoot: '/var/lib/vethra',
  address: '/run/containerd/containerd.sock',
  namespace: 'default',
  cniNetconfpath: '/etc/cni/net.d',
  cniCache: '/var/lib/cni',
  plugins: 'auto',
  logLevel: 'warn',
  pluginTimeoutMs: 60_000,
  // 16 MiB.
  pluginOutputLimit: 16_777_216,
  socket: '/run/vethra/vethra.sock',
  // At a thousand attachments a look costs a second: this keeps an idle daemon below half a percent of a core.
  reconcileIntervalMs: 300_000,
} as const

// nerdctl's list, in its order; Debian's package puts the plugins in the last one.
const pluginFolders = [
  '/opt/cni/bin',
  '/usr/local/libexec/cni',
  '/usr/local/lib/cni',
  '/home/linuxbrew/.linuxbrew/opt/cni-plugins/bin',
  '/usr/libexec/cni',
  '/usr/lib/cni',
] as const

function pluginFolder(existing: (dir: string) => boolean, homes: Homes | undefined): string {
  const own = homes ? ownFolders.map((each) => `${homes.user}/${each}`) : []
  return [...own, ...pluginFolders].find(existing) ?? pluginFolders[0]
}

const ownFolders = ['opt/cni/bin', '.local/libexec/cni', '.local/lib/cni']
