import { goField, type Json, jsonOrNull, type LockPlaces, resolverFile } from '@vethra/cni'
import type { Files } from '@vethra/world'
import type { UpstreamFault } from './upstream-health.ts'

/** A process: its pid, and when it started: proc_pid_stat(5), field 22. */
export interface ProcessStart {
  readonly Pid: number
  readonly StartTime: string
}

/** The state of a running resolver, as commands read it from a file in `/run/vethra/dns`. */
export interface ResolverState extends ProcessStart {
  /** The networks whose containers are to ask it. */
  readonly Networks: readonly ServedNetwork[]
  /** The servers upstream that are not asked, or asked last. */
  readonly Upstream: readonly UpstreamFault[]
}

/** A network that the resolver listens in. */
interface ServedNetwork {
  /** The path of its conf list. */
  readonly File: string
  readonly Name: string
  /** The addresses of the bridge that are listened on, in the order of its subnets. */
  readonly Addresses: readonly string[]
  /** Why containers do not ask it, though it listens or should: empty when they do. */
  readonly Refused: string
}

async function readResolverState(
  files: Pick<Files, 'read'>,
  places: LockPlaces,
): Promise<ResolverState | undefined> {
  const text = await files.read(resolverFile(places))
  if (text === undefined || text === '') return undefined
  // A damaged one names no process that runs.
  const json = jsonOrNull(text)
  const networks = goField(json, 'Networks')
  const upstream = goField(json, 'Upstream')
  return {
    Pid: Number(goField(json, 'Pid')),
    StartTime: String(goField(json, 'StartTime')),
    Networks: Array.isArray(networks) ? networks.map(readNetwork) : [],
    Upstream: Array.isArray(upstream) ? upstream.map(readFault) : [],
  }
}

function readFault(json: Json): UpstreamFault {
  const text = (key: string) => String(goField(json, key) ?? '')
  return { Server: text('Server'), Fault: text('Fault') }
}

function readNetwork(json: Json): ServedNetwork {
  const text = (key: string) => String(goField(json, key) ?? '')
  const addresses = goField(json, 'Addresses')
  return {
    File: text('File'),
    Name: text('Name'),
    Addresses: Array.isArray(addresses) ? addresses.map(String) : [],
    Refused: text('Refused'),
  }
}

/** The state of the resolver that runs; undefined where none runs. */
export async function runningResolver(
  files: Pick<Files, 'read'>,
  places: LockPlaces,
): Promise<ResolverState | undefined> {
  const state = await readResolverState(files, places)
  if (state === undefined) return undefined
  return (await isRunning(files, state)) ? state : undefined
}

/** Whether a process runs: the very one, not another that has its pid by now. */
export async function isRunning(
  files: Pick<Files, 'read'>,
  { Pid, StartTime }: ProcessStart,
): Promise<boolean> {
  return (await startOf(files, String(Pid))) === StartTime
}

/** The pid and start time of this process. */
export async function ownProcess(files: Pick<Files, 'read'>): Promise<ProcessStart> {
  const stat = (await files.read('/proc/self/stat')) ?? ''
  return { Pid: Number.parseInt(stat, 10), StartTime: startIn(stat) }
}

async function startOf(files: Pick<Files, 'read'>, pid: string): Promise<string | undefined> {
  const stat = await files.read(`/proc/${pid}/stat`)
  // One that has ended, and that its parent has not waited for yet, answers nothing.
  return stat === undefined || /\) [ZX] /.test(stat) ? undefined : startIn(stat)
}

// The second field is the name, in parentheses, which may have spaces and parentheses in it.
function startIn(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
