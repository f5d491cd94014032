/** The folders of an ordinary user, which hold all state where this program runs as a child of RootlessKit. */
export interface Homes {
  /** `$XDG_DATA_HOME`, or `~/.local/share`: for `/var/lib`. */
  readonly data: string
  /** `$XDG_CONFIG_HOME`, or `~/.config`: for `/etc`. */
  readonly config: string
  /** `$XDG_RUNTIME_DIR`, or `/run/user/UID`: for `/run`. */
  readonly runtime: string
  /** The user's own folder. */
  readonly user: string
  /** The state folder of RootlessKit: `api.sock` is in it. */
  readonly stateDir: string
}

/**
 * The folders of the user, by the XDG Base Directory Specification: variables that hold no absolute path count as
 * unset. Undefined outside of RootlessKit: where `ROOTLESSKIT_STATE_DIR` is unset, or `uidMap`, the content of
 * /proc/self/uid_map, maps every user id to itself.
 */
export function homesOf(
  env: Readonly<Record<string, string | undefined>>,
  uidMap: string,
): Homes | undefined {
  const stateDir = folder(env['ROOTLESSKIT_STATE_DIR'])
  if (stateDir === undefined || /^\s*0\s+0\s+4294967295\s*$/.test(uidMap)) return undefined
  const user = folder(env['HOME']) ?? '/root'
  const uid = /^\d{1,10}$/.exec(env['ROOTLESSKIT_PARENT_EUID'] ?? '')?.[0] ?? '0'
  return {
    data: folder(env['XDG_DATA_HOME']) ?? `${user}/.local/share`,
    config: folder(env['XDG_CONFIG_HOME']) ?? `${user}/.config`,
    runtime: folder(env['XDG_RUNTIME_DIR']) ?? `/run/user/${uid}`,
    user,
    stateDir,
  }
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
