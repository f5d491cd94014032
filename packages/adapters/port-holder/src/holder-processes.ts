import { isOfOurs, ownPids, type Process, processAt, textOf } from '@vethra/plugin-exec/programs'

/** The command line of a holder, by which it is recognised. */
interface HolderCall {
  readonly containerId: string
  /** The first process of the container. */
  readonly init: Process
  /** Texts like `0.0.0.0:8080/tcp`. */
  readonly sockets: readonly string[]
}

/** A process that holds ports for a container. */
export interface HolderProcess extends HolderCall, Process {}

const word = 'port-holder'

/** The command line of a holder, behind the program. */
export function holderArgs({ containerId, init, sockets }: HolderCall): readonly string[] {
  return [word, containerId, String(init.pid), init.startTime, ...sockets]
}

/** The content of a holder's command line, whatever program is before it; undefined for another process. */
export function readHolderArgs(argv: readonly string[]): HolderCall | undefined {
  const [containerId, pid = '', startTime = '', ...sockets] = argv.slice(argv.indexOf(word) + 1)
  if (!argv.includes(word) || !containerId || !/^\d+$/.test(pid) || !/^\d+$/.test(startTime))
    return undefined
  return { containerId, init: { pid: Number(pid), startTime }, sockets }
}

/** The holder that a process is; undefined when it is none of ours, or has ended. */
export function holderAt(pid: number): HolderProcess | undefined {
  // Anybody can call a process of theirs what they like, in megabytes.
  return isOfOurs(pid) ? holderOf(pid) : undefined
}

function holderOf(pid: number): HolderProcess | undefined {
  const call = readHolderArgs(textOf(`/proc/${pid}/cmdline`).split('\0').slice(0, -1))
  const found = call && processAt(pid)
  return call && found && { ...call, ...found }
}

/** All holders, by their command lines: for when there is no record of them. */
export function allHolders(): readonly HolderProcess[] {
  return ownPids().flatMap((pid) => (holderOf(pid) && holderAt(pid)) ?? [])
}
