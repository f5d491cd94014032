/** The flags of one command line: names without dashes, and whether each takes a value. */
export type FlagTable = Readonly<Record<string, boolean>>

/** Flags before the command: of runc 1.0 to 1.4 and crun 1. Help and version are no flags here: nothing is started. */
export const globalFlags: FlagTable = {
  ...{ root: true, log: true, 'log-format': true, 'log-level': true, criu: true, rootless: true },
  ...{ 'cgroup-manager': true, debug: false, 'systemd-cgroup': false },
}

const start: FlagTable = {
  ...{ bundle: true, b: true, 'console-socket': true, 'pid-file': true, 'pidfd-socket': true },
  ...{ 'no-pivot': false, 'no-subreaper': false },
}
const create: FlagTable = { ...start, 'preserve-fds': true, 'no-new-keyring': false }

/** Commands that start a container from a bundle, with their flags. */
export const startFlags: Readonly<Record<StartCommand, FlagTable>> = {
  create,
  run: { ...create, detach: false, d: false, keep: false },
  restore: {
    ...start,
    ...{ 'image-path': true, 'work-path': true, 'parent-path': true, 'manage-cgroups-mode': true },
    ...{ 'empty-ns': true, 'lsm-profile': true, 'lsm-mount-context': true },
    ...{ detach: false, d: false, 'tcp-established': false, 'ext-unix-sk': false },
    ...{ 'shell-job': false, 'file-locks': false, 'auto-dedup': false, 'lazy-pages': false },
  },
}

/** The flags of `delete`; not crun's --regex, which means more containers than one. */
export const deleteFlags: FlagTable = { force: false, f: false }

/** A command that starts a container from a bundle. */
export type StartCommand = 'create' | 'run' | 'restore'
