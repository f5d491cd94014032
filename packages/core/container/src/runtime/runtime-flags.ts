/** The flags of one command line: names without dashes, and whether each takes a value. */
export type FlagTable = ReadonlyMap<string, boolean>

const values = (...names: readonly string[]) => names.map((name) => [name, true] as const)
const switches = (...names: readonly string[]) => names.map((name) => [name, false] as const)

/** Flags before the command: of runc 1.0 to 1.4 and crun 1. Help and version are no flags here: nothing is started. */
export const globalFlags: FlagTable = new Map([
  ...values('root', 'log', 'log-format', 'criu', 'rootless', 'cgroup-manager'),
  ...switches('debug', 'systemd-cgroup'),
])

const start = [
  ...values('bundle', 'b', 'console-socket', 'pid-file', 'pidfd-socket'),
  ...switches('no-pivot', 'no-subreaper'),
]
const create = [...start, ...values('preserve-fds'), ...switches('no-new-keyring')]

/** Commands that start a container from a bundle, with their flags. */
export const startFlags: Readonly<Record<StartCommand, FlagTable>> = {
  create: new Map(create),
  run: new Map([...create, ...switches('detach', 'd', 'keep')]),
  restore: new Map([
    ...start,
    ...values('image-path', 'work-path', 'parent-path', 'manage-cgroups-mode', 'empty-ns'),
    ...values('lsm-profile', 'lsm-mount-context'),
    ...switches('detach', 'd', 'tcp-established', 'ext-unix-sk', 'shell-job', 'file-locks'),
    ...switches('auto-dedup', 'lazy-pages'),
  ]),
}

/** A command that starts a container from a bundle. */
export type StartCommand = 'create' | 'run' | 'restore'
