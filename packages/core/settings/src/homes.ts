import { invalid } from './toml.ts'

/** The folders of an ordinary user, which hold all state where this program runs as a child of RootlessKit. */
export interface Homes {
  /** `$XDG_DATA_HOME`, or `~/.local/share`: for `/var/lib`. */
  readonly data: string
  /** `$XDG_CONFIG_HOME`, or `~/.config`: for `/etc`. */
  readonly config: string
  /** `$XDG_RUNTIME_DIR`, or `/run/user/UID`: for `/run`. */
  readonly runtime: string
  /** `$HOME`, or the folder of the user's entry in /etc/passwd. */
  readonly user: string
  /** The state folder of RootlessKit: `api.sock` is in it. */
  readonly stateDir: string
}

/** The user's folders (XDG Base Directory); undefined outside of RootlessKit, by its variable and `uidMap`. `passwd` counts without `HOME`. */
export function homesOf(
  env: Readonly<Record<string, string | undefined>>,
  uidMap: string,
  passwd = '',
): Homes | undefined {
  const stateDir = folder(env['ROOTLESSKIT_STATE_DIR'])
  if (stateDir === undefined || /^\s*0\s+0\s+4294967295\s*$/.test(uidMap)) return undefined
  const uid = uidOf(env['ROOTLESSKIT_PARENT_EUID'] ?? '', uidMap)
  const user = folder(env['HOME']) ?? folder(homeIn(passwd, uid)) ?? '/root'
  return {
    data: folder(env['XDG_DATA_HOME']) ?? `${user}/.local/share`,
    config: folder(env['XDG_CONFIG_HOME']) ?? `${user}/.config`,
    runtime: folder(env['XDG_RUNTIME_DIR']) ?? `/run/user/${uid}`,
    user,
    stateDir,
  }
}

// RootlessKit makes its user the root of the namespace.
function uidOf(told: string, uidMap: string): string {
  return /^\d{1,10}$/.exec(told)?.[0] ?? /^\s*0\s+(\d{1,10})\s/.exec(uidMap)?.[1] ?? '0'
}

function homeIn(passwd: string, uid: string): string | undefined {
  const entries = passwd.split('\n').map((line) => line.split(':'))
  return entries.find(([name, , id]) => name !== '' && id === uid)?.[5]
}

function folder(text: string | undefined): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (text === undefined || !text.startsWith('/') || /[\u0000-\u001f\u007f]/.test(text))
    return undefined
  return text.replace(/\/+$/, '') || undefined
}

/** Where a path of the system lies for a user: `/var/lib`, `/etc` and `/run` are in folders of their own. The path itself outside of RootlessKit. */
export function atHome(homes: Homes | undefined, path: string): string {
  if (homes === undefined) return path
  const { data, config, runtime } = homes
  const places = { '/var/lib/': data, '/etc/': config, '/run/': runtime }
  const place = Object.entries(places).find(([system]) => path.startsWith(system))
  return place === undefined ? path : `${place[1]}/${path.slice(place[0].length)}`
}

/** The variables that a hook of a rootless container must have to find what its user has; in the order of names. */
export function homeVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return variables.flatMap((name) => (env[name] ? [`${name}=${env[name]}`] : []))
}

const variables = [
  'HOME',
  'ROOTLESSKIT_PARENT_EGID',
  'ROOTLESSKIT_PARENT_EUID',
  'ROOTLESSKIT_STATE_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
]

/** The path of the configuration file: `VETHRA_TOML`, or `/etc/vethra/vethra.toml`, where `atHome` has it. Throws CniError 103 when it is not an absolute path. */
export function tomlFile(env: Readonly<Record<string, string | undefined>>, homes?: Homes): string {
  const { VETHRA_TOML: named } = env
  if (named === undefined || named === '') return atHome(homes, '/etc/vethra/vethra.toml')
  if (named.startsWith('/')) return named
  throw invalid(
    { where: 'VETHRA_TOML', value: named },
    'is not an absolute path',
    'Give a path that begins with "/".',
  )
}
