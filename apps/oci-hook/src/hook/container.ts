import { type ContainerRef, explain, goField, isNamespace, oneLine, passes } from '@vethra/cni'
import {
  type BundleRecord,
  checkIds,
  type HookRequest,
  hookRequest,
  type OciState,
  parseRecord,
  parseStoredMappings,
} from '@vethra/container'
import type { ContainerStore, HookEvent, HostsStore, Io, World } from '@vethra/world'

/** The container that a hook is about: what is asked for it, and where it is kept. */
export interface Container {
  readonly state: OciState
  readonly request: HookRequest
  /** The decisions of `bundle prepare`; absent for a bundle that it did not make. */
  readonly decided?: BundleRecord
  /** Whether `bundle prepare` made it, and so `bundle rm` will end it. */
  readonly ours: boolean
  /** Whether it is forgotten when it has stopped: an OCI runtime made it for this one life. */
  readonly transient: boolean
  readonly store: ContainerStore
  readonly hosts: () => Promise<HostsStore>
  /** Appends lines to the log of this hook. */
  readonly record: (lines: readonly string[]) => Promise<void>
  readonly now: () => number
}

/** The log of one hook of one container, and the store that it is in. */
interface HookLog {
  readonly namespace: string
  readonly store: Container['store']
  readonly record: Container['record']
}

/** One run of the hook. */
export interface HookRun {
  readonly world: World
  readonly event: HookEvent
  readonly io: Pick<Io, 'complain' | 'now'>
}

/** Starts the log with a line of the event, where the container has a folder: before anything is trusted, so that it has refusals. */
export async function openLog(run: HookRun, state: OciState): Promise<HookLog> {
  const namespace = await namespaceOf(run.world, state)
  const first = [`${run.event} of ${state.id}, pid ${state.pid}`]
  return startLog(run, { namespace, id: state.id }, first)
}

/** Starts the log of a container in the namespace of the hook line. */
export async function openOwnLog(run: HookRun, id: string): Promise<HookLog> {
  const { namespace } = run.world.resolved.settings
  return startLog(run, { namespace, id }, [])
}

async function startLog(
  { world, event, io }: HookRun,
  { namespace, id }: ContainerRef,
  first: readonly string[],
): Promise<HookLog> {
  const store = world.containers(namespace)
  // A log that cannot be written stops nothing: what is freed may be what a full disk waits for.
  const trying = (work: Promise<void>) =>
    work.catch((fault: unknown) => explain(fault, 'warning').forEach(io.complain))
  await trying(store.startLog(id, event, stamped(first, io.now())))
  const record = (lines: readonly string[]): Promise<void> =>
    trying(store.appendLog(id, event, stamped(lines, io.now())))
  return { namespace, store, record }
}

/** The container of a state; files of the data store come before annotations. Throws CniError 107 naming what is not trusted. */
export async function openContainer(
  { world, io }: HookRun,
  state: OciState,
  { namespace, store, record: toLog }: HookLog,
): Promise<Container> {
  const file = await store.read(state.id, 'vethra.json')
  const record = file === undefined ? undefined : parseRecord(file)
  const request = hookRequest(state, record, store.folder(state.id))
  const ports = record ? request.ports : await storedPorts(store, state.id, request)
  return {
    state,
    request: { ...request, ports },
    ...(record ? { decided: record } : {}),
    ours: record !== undefined,
    transient: record?.transient === true,
    store,
    hosts: () => world.hosts(namespace),
    record: toLog,
    now: io.now,
  }
}

// Our own bundles name their namespace on the hook line; nerdctl's name it in an annotation, which
// chooses among namespaces but never leads out of the data store.
async function namespaceOf(world: World, { id, annotations }: OciState): Promise<string> {
  const own = world.resolved.settings.namespace
  const annotated = annotations['nerdctl/namespace'] ?? own
  // What is wrong with it is told when the annotations are read.
  if (annotated === own || !isNamespace(annotated) || !passes(() => checkIds(annotated, id)))
    return own
  const recorded = await world.containers(own).read(id, 'vethra.json')
  return recorded === undefined ? annotated : own
}

async function storedPorts(
  store: Container['store'],
  id: string,
  request: HookRequest,
): Promise<HookRequest['ports']> {
  const file = await store.read(id, 'network-config.json')
  const ports = parseStoredMappings(goField(file, 'portMappings'))
  return ports.length > 0 ? ports : request.ports
}

function stamped(lines: readonly string[], now: number): string {
  const time = new Date(now).toISOString()
  return lines.map((line) => `${time} ${oneLine(line)}\n`).join('')
}
