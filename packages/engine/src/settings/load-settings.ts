import { usageError } from '@vethra/cni'
import {
  containerdConfigFile,
  type GivenSettings,
  type Homes,
  type ResolvedSettings,
  readContainerdConfig,
  readVethraToml,
  resolveSettings,
  type TomlTable,
  tomlFile,
} from '@vethra/settings'

/** The sources of settings; reading is the caller's. */
interface SettingsSource {
  /** By `splitGlobalFlags` or `splitHookFlags`. */
  readonly flags: GivenSettings
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file; `undefined` when there is none. */
  readonly read: (file: string) => Promise<string | undefined>
  /** Whether a folder exists. */
  readonly existing: (dir: string) => boolean
  /** Default: `/var/lib/vethra`. */
  readonly defaultDataRoot?: string
  /** As in `SettingsInput`. */
  readonly homes?: Homes | undefined
}

/** The settings that hold, with vethra.toml and containerd's config. Throws CniError 103 as resolveSettings, and for a missing named file. */
export async function loadSettings(source: SettingsSource): Promise<ResolvedSettings> {
  const { flags, env, read, homes } = source
  const file = tomlFile(env, homes)
  const text = env['VETHRA_TOML'] ? await named('VETHRA_TOML', file, read) : await read(file)
  const toml = text === undefined ? {} : { toml: readVethraToml(file, await parseToml(file, text)) }
  const config = containerdConfigFile({ flags, env, ...toml })
  if (config === undefined) return resolveSettings({ ...source, ...toml })
  const table = await parseToml(config, await named('containerd_config', config, read))
  return resolveSettings({ ...source, ...toml, containerd: readContainerdConfig(config, table) })
}

async function named(where: string, file: string, read: SettingsSource['read']): Promise<string> {
  const text = await read(file)
  if (text !== undefined) return text
  throw usageError(
    `${where}: ${JSON.stringify(file)} does not exist`,
    'Name a file that exists, or leave it out.',
  )
}

/** A TOML document as a table. Throws CniError 103 naming the file. Async, as the parser is loaded here alone: most hooks have no TOML. */
export async function parseToml(file: string, text: string): Promise<TomlTable> {
  const { parse } = await import('smol-toml')
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: 64 })
  } catch (cause) {
    const hint = 'Correct the line that is marked above, or move the file away.'
    throw usageError(`cannot read ${file} as TOML`, { cause, hint })
  }
}
