/** The profile that nerdctl runs containers in. */
export const profileName = 'nerdctl-default'

/** A profile with the rules of containerd's default one, for apparmor_parser(8): no mount, no writing to the host's /proc and /sys. */
export function profileText(): string {
  const rules = [
    ...['network', 'capability', 'file', 'umount', 'deny mount'],
    // OCI runtimes that are confined themselves, and everybody who is not, may stop a container.
    ...['unconfined', 'runc', 'crun'].map((peer) => `signal (receive) peer=${peer}`),
    `signal (send,receive) peer=${profileName}`,
    `ptrace (trace,tracedby,read,readby) peer=${profileName}`,
    'deny /proc/* w',
    // Folders of /proc that are no process's, which begin with a digit, and are not sys.
    ...['/proc/[^0-9s]**/**', ...beginsLike('/proc/', 'sys/')].map((path) => `deny ${path} w`),
    ...allBut('/proc/sys/', 'kernel/shm').map((path) => `deny ${path} w`),
    ...allBut('/sys/', 'fs/cgroup/').map((path) => `deny ${path} wklx`),
    ...secrets.map((path) => `deny ${path} rwklx`),
  ]
  const body = rules.map((rule) => `  ${rule},\n`).join('')
  return `profile ${profileName} flags=(attach_disconnected,mediate_deleted) {\n${body}}\n`
}

const secrets: readonly string[] = [
  '/proc/kcore',
  '/proc/sysrq-trigger',
  '/sys/devices/virtual/powercap/**',
  '/sys/firmware/**',
  '/sys/kernel/security/**',
]

/** Paths below a folder that differ from the one that is allowed, at one character each. */
function allBut(folder: string, allowed: string): readonly string[] {
  return [`${folder}[^${allowed[0]}]**`, ...beginsLike(folder, allowed)]
}

function beginsLike(folder: string, allowed: string): readonly string[] {
  return [...allowed].slice(1).map((character, index) => {
    return `${folder}${allowed.slice(0, index + 1)}[^${character}]**`
  })
}
