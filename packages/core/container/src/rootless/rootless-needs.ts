/** A user of the host, and what an ordinary one needs for containers: as observed, outside of RootlessKit. */
export interface SeenUser {
  readonly uid: number
  /** Empty for a user without an entry in /etc/passwd. */
  readonly name: string
  /** The subordinate ids of /etc/subuid and /etc/subgid: `first` is the first one that nobody has. */
  readonly subIds: Readonly<
    Record<'uid' | 'gid', { readonly count: number; readonly first: number }>
  >
  /** Values of kernel parameters by their sysctl(8) names; those that the kernel lacks are missing. */
  readonly sysctls: Readonly<Record<string, number>>
  /** The device /dev/net/tun: whether the user can open it. */
  readonly tun: 'open' | 'closed' | 'missing'
  /** `$XDG_RUNTIME_DIR`, and whose it is. */
  readonly runtimeDir: {
    readonly path: string
    readonly state: 'own' | 'foreign' | 'missing' | 'unset'
  }
  /** The paths of programs by name; those that are not on PATH are missing. */
  readonly programs: Readonly<Record<string, string>>
}

/** RootlessKit as seen from inside. */
export interface SeenKit {
  /** Its port driver; undefined when its API does not answer. */
  readonly portDriver?: 'explicit' | 'implicit' | 'none'
  /** The socket of its API. */
  readonly socket: string
  /** The reason why it does not answer. */
  readonly fault?: string
  /** The folders of state, and whether they can be written to. */
  readonly folders: readonly { readonly path: string; readonly writable: boolean }[]
  readonly programs: Readonly<Record<string, string>>
}

/** One thing that rootless containers need. */
export interface RootlessNeed {
  /** A word for programs: `subuids`. */
  readonly need: string
  /** `note`: it works, within the limit that is named. */
  readonly status: 'ok' | 'missing' | 'note'
  readonly message: string
  /** The command that mends it; empty where nothing is to be done. */
  readonly fix: string
}

/** So many ids a container's users and groups need. */
const wholeRange = 65_536

/** The needs of an ordinary user to start RootlessKit, in the order in which it is to be mended. */
export function userNeeds(seen: SeenUser): readonly RootlessNeed[] {
  if (seen.uid === 0) return [asRoot]
  return [
    ...neededPrograms.map((each) => program(seen, each)),
    subIds(seen, 'uid'),
    subIds(seen, 'gid'),
    ...sysctls(seen),
    tun(seen),
    runtimeDir(seen),
    runtime(seen.programs),
  ]
}

/** The needs inside of RootlessKit. */
export function kitNeeds(given: SeenKit): readonly RootlessNeed[] {
  const { portDriver, socket, fault, folders, programs } = given
  const ports = {
    explicit: ok('port-driver', 'ports are forwarded by request'),
    implicit: note('port-driver', 'ports are open on every address of the host', ''),
    none: missing(
      'port-driver',
      'RootlessKit has no port driver: published ports are out of reach',
      'rootlesskit --port-driver=builtin …',
    ),
  }
  const api =
    portDriver === undefined
      ? missing(
          'api',
          `RootlessKit does not answer at ${socket}: ${fault ?? 'no answer'}`,
          'rootlesskit --state-dir=$XDG_RUNTIME_DIR/rk …',
        )
      : ok('api', socket)
  return [
    api,
    ...(portDriver === undefined ? [] : [ports[portDriver]]),
    ...folders.map(({ path, writable }) =>
      writable
        ? ok('folder', path)
        : missing('folder', `${path} cannot be written to`, `install -d -m 0700 ${quoted(path)}`),
    ),
    runtime(programs),
  ]
}

const asRoot: RootlessNeed = missing(
  'user',
  'root needs no RootlessKit: check as the user whose containers are to run',
  'su - USER -c "vethra rootless check"',
)

interface NeededProgram {
  readonly need: string
  /** One of them is enough. */
  readonly names: readonly string[]
  /** The Debian package that has it. */
  readonly debian: string
}

const neededPrograms: readonly NeededProgram[] = [
  { need: 'rootlesskit', names: ['rootlesskit'], debian: 'rootlesskit' },
  { need: 'network-driver', names: ['slirp4netns', 'pasta'], debian: 'slirp4netns' },
  { need: 'newuidmap', names: ['newuidmap'], debian: 'uidmap' },
  { need: 'newgidmap', names: ['newgidmap'], debian: 'uidmap' },
]

function program({ programs }: SeenUser, { need, names, debian }: NeededProgram): RootlessNeed {
  const found = names.find((each) => programs[each] !== undefined)
  return found === undefined
    ? missing(need, `${names.join(' or ')} is not on PATH`, `sudo apt-get install ${debian}`)
    : ok(need, programs[found] ?? '')
}

function runtime(programs: SeenUser['programs']): RootlessNeed {
  const path = programs['runc'] ?? programs['crun']
  return path === undefined
    ? missing('runtime', 'neither runc nor crun is on PATH', 'sudo apt-get install runc')
    : ok('runtime', path)
}

function subIds({ uid, name, subIds: seen }: SeenUser, kind: 'uid' | 'gid'): RootlessNeed {
  const { count, first } = seen[kind]
  const [need, file] = [`sub${kind}s`, `/etc/sub${kind}`]
  if (count >= wholeRange) return ok(need, `${count} in ${file}`)
  const range = `${first}-${first + wholeRange - 1}`
  const who = name === '' ? String(uid) : name
  const fix =
    name === ''
      ? `echo ${uid}:${first}:${wholeRange} | sudo tee -a ${file}`
      : `sudo usermod --add-sub${kind}s ${range} ${name}`
  return missing(need, `${who} has ${count} of ${wholeRange} ids in ${file}`, fix)
}

const userns = 'user.max_user_namespaces'
const clone = 'kernel.unprivileged_userns_clone'
const restricted = 'kernel.apparmor_restrict_unprivileged_userns'
const portStart = 'net.ipv4.ip_unprivileged_port_start'

function sysctls({ sysctls: seen }: SeenUser): readonly RootlessNeed[] {
  const isOff = (key: string) => seen[key] === 0
  const most = seen[portStart] ?? 1024
  return [
    isOff(userns)
      ? missing('user-namespaces', `${userns} is 0`, setting(userns, 28_633))
      : isOff(clone)
        ? missing('user-namespaces', `${clone} is 0`, setting(clone, 1))
        : ok('user-namespaces', 'the kernel lets users make some'),
    ...(seen[restricted] === 1
      ? [
          note(
            'apparmor',
            `${restricted} is 1: rootlesskit needs an AppArmor profile that allows userns`,
            setting(restricted, 0),
          ),
        ]
      : []),
    most === 0
      ? ok('ports', 'every port can be published')
      : note('ports', `ports below ${most} cannot be published`, setting(portStart, 0)),
  ]
}

// Lasting, and at once.
function setting(key: string, value: number): string {
  return `echo ${key}=${value} | sudo tee /etc/sysctl.d/90-${key}.conf && sudo sysctl -p /etc/sysctl.d/90-${key}.conf`
}

function tun({ tun: state }: SeenUser): RootlessNeed {
  const device = '/dev/net/tun'
  if (state === 'open') return ok('tun', device)
  return state === 'missing'
    ? missing('tun', `${device} is missing`, 'sudo modprobe tun')
    : missing('tun', `${device} cannot be opened`, `sudo chmod 0666 ${device}`)
}

function runtimeDir({ uid, name, runtimeDir: { path, state } }: SeenUser): RootlessNeed {
  if (state === 'own') return ok('runtime-dir', path)
  const folder = `/run/user/${uid}`
  const fix =
    name === ''
      ? `sudo install -d -m 0700 -o ${uid} ${folder} && export XDG_RUNTIME_DIR=${folder}`
      : `sudo loginctl enable-linger ${name} && export XDG_RUNTIME_DIR=${folder}`
  const why = {
    unset: 'XDG_RUNTIME_DIR is unset',
    missing: `XDG_RUNTIME_DIR ${path} is missing`,
    foreign: `XDG_RUNTIME_DIR ${path} cannot be written to, or is not of user ${uid}`,
  }
  return missing('runtime-dir', why[state], fix)
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}

function ok(need: string, message: string): RootlessNeed {
  return { need, status: 'ok', message, fix: '' }
}

function missing(need: string, message: string, fix: string): RootlessNeed {
  return { need, status: 'missing', message, fix }
}

function note(need: string, message: string, fix: string): RootlessNeed {
  return { need, status: 'note', message, fix }
}
