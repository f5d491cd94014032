import { present } from '@vethra/cni'

/** The log of an OCI runtime, as its command line says. */
export interface RuntimeLog {
  /** Where the runtime writes its log; standard error without. */
  readonly log?: string
  readonly logFormat?: string
}

/** A call of an OCI runtime that is about one container. */
export interface ContainerCall extends RuntimeLog {
  readonly id: string
  /** Where the runtime keeps its state; its own default without. */
  readonly root?: string
}

/** A call of an OCI runtime that starts a container. */
export interface StartCall extends ContainerCall {
  readonly command: StartCommand
  /** As it was given; the working directory without. */
  readonly bundle?: string
}

/** The log that a command line of runc or crun names, whatever its command; empty where it names none, or cannot be read. */
export function parseLog(argv: readonly string[]): RuntimeLog {
  const { log, 'log-format': logFormat } = readFlags(argv, globalFlags, 'first word')?.flags ?? {}
  return present({ log, logFormat })
}

/** The container that a runc or crun command line starts; undefined for any other, or for unknown flags. The last flag of a kind counts. */
export function parseStartCall(argv: readonly string[]): StartCall | undefined {
  const read = readCall(argv, (each) => (isStart(each) ? startFlags[each] : undefined))
  if (read === undefined || !isStart(read.command)) return undefined
  const { bundle, b = bundle } = read.flags
  return { command: read.command, ...read.call, ...present({ bundle: b }) }
}

/** The container that a runc or crun command line deletes; undefined for any other, for several, or for unknown flags. */
export function parseDeleteCall(argv: readonly string[]): ContainerCall | undefined {
  return readCall(argv, (each) => (each === 'delete' ? deleteFlags : undefined))?.call
}

function readCall(argv: readonly string[], tableOf: (command: string) => FlagTable | undefined) {
  const before = readFlags(argv, globalFlags, 'first word')
  const [command = '', ...rest] = before?.rest ?? []
  const table = tableOf(command)
  const own = table && readFlags(rest, table, 'end')
  const [id = '', ...more] = own?.rest ?? []
  if (before === undefined || own === undefined || id === '' || more.length > 0) return undefined
  const { root, log, 'log-format': logFormat } = before.flags
  const call: ContainerCall = { id, ...present({ root, log, logFormat }) }
  return { command, flags: own.flags, call }
}

function isStart(command: string): command is StartCommand {
  return Object.hasOwn(startFlags, command)
}

interface Read {
  readonly flags: Readonly<Record<string, string>>
  readonly rest: readonly string[]
}

function readFlags(
  argv: readonly string[],
  table: FlagTable,
  until: 'first word' | 'end',
): Read | undefined {
  const flags: Record<string, string> = {}
  const words: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at] ?? ''
    if (token === '--') return { flags, rest: [...words, ...argv.slice(at + 1)] }
    if (!token.startsWith('-') || token === '-') {
      if (until === 'first word') return { flags, rest: argv.slice(at) }
      words.push(token)
      continue
    }
    const flag = readFlag(token, table)
    if (flag === undefined) return undefined
    const { name, value = flag.takesValue ? argv[++at] : '' } = flag
    if (value === undefined) return undefined
    // `--bundle` and `-b` are one flag: the later counts.
    flags[name === 'bundle' ? 'b' : name] = value
  }
  return { flags, rest: words }
}

interface Flag {
  readonly name: string
  readonly takesValue: boolean
  readonly value?: string
}

function readFlag(token: string, table: FlagTable): Flag | undefined {
  const dashes = token.startsWith('--') ? 2 : 1
  const equals = token.indexOf('=')
  const written = equals === -1 ? token.slice(dashes) : token.slice(dashes, equals)
  const name = Object.hasOwn(table, written) ? written : completed(written, dashes, table)
  if (name !== undefined) {
    const value = equals === -1 ? undefined : token.slice(equals + 1)
    return { name, takesValue: table[name] === true, ...present({ value }) }
  }
  // crun's: switches of one letter in one word, and a value behind the last letter.
  const joined = /^-d*b([\s\S]+)$/.exec(token)?.[1]
  if (joined !== undefined && Object.hasOwn(table, 'b'))
    return { name: 'b', takesValue: true, value: joined }
  if (/^-d+b$/.test(token) && Object.hasOwn(table, 'b')) return { name: 'b', takesValue: true }
  return undefined
}

// getopt_long(3): the beginning of one long flag alone is that flag.
function completed(written: string, dashes: number, table: FlagTable): string | undefined {
  if (dashes === 1 || written.length < 2) return undefined
  const names = Object.keys(table).filter((each) => each.startsWith(written))
  return names.length === 1 ? names[0] : undefined
}

/** The flags of one command line: names without dashes, and whether each takes a value. */
type FlagTable = Readonly<Record<string, boolean>>

/** Flags before the command: of runc 1.0 to 1.4 and crun 1. Help and version are no flags here: nothing is started. */
const globalFlags: FlagTable = {
  ...{ root: true, log: true, 'log-format': true, 'log-level': true, criu: true, rootless: true },
  ...{ 'cgroup-manager': true, debug: false, 'systemd-cgroup': false },
}

const start: FlagTable = {
  ...{ bundle: true, b: true, 'console-socket': true, 'pid-file': true, 'pidfd-socket': true },
  ...{ 'no-pivot': false, 'no-subreaper': false },
}
const create: FlagTable = { ...start, 'preserve-fds': true, 'no-new-keyring': false }

/** Commands that start a container from a bundle, with their flags. */
const startFlags: Readonly<Record<StartCommand, FlagTable>> = {
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
const deleteFlags: FlagTable = { force: false, f: false }

/** A command that starts a container from a bundle. */
type StartCommand = 'create' | 'run' | 'restore'
