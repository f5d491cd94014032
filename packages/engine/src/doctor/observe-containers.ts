import { CniError, type ContainerRef, goField, type Json, present } from '@vethra/cni'
import { type BundleRecord, innerPorts, parseRecord, type RootlessInfo } from '@vethra/container'
import type {
  DesiredContainer,
  ObservedAttachment,
  ObservedContainer,
  ObservedFault,
  ObservedName,
} from '@vethra/findings'
import type { HostsFolder } from '@vethra/world'
import type { DoctorTools } from './doctor-tools.ts'
import { mapInTurns } from './in-turns.ts'
import { isIn, type Scope } from './scope.ts'

/** The containers of all namespaces, and the names that are taken. */
export interface SeenContainers {
  readonly containers: readonly SeenContainer[]
  readonly names: readonly ObservedName[]
}

/** A container, and what was decided for it. */
export interface SeenContainer {
  readonly observed: ObservedContainer
  readonly record?: BundleRecord
}

/** The containers that are looked at. */
interface Wanted {
  /** Gives the id of one for plugins. */
  readonly idOf: (ref: ContainerRef) => string
  /** The ids for plugins of those that our runtime attached. */
  readonly recorded: ReadonlySet<string>
  readonly scope: Scope | undefined
}

/** Looks at what DATA_STORE holds of containers. */
export async function observeContainers(
  tools: DoctorTools,
  namespaces: readonly string[],
  wanted: Wanted,
): Promise<SeenContainers> {
  const each = await Promise.all(
    namespaces.map((namespace) => inNamespace(namespace, tools, wanted)),
  )
  return {
    containers: each.flatMap(({ containers }) => containers),
    names: each.flatMap(({ names }) => names),
  }
}

/** The names that should be known of containers, given their attachments. `rootless`: RootlessKit, inside of which their ports are; of one that is silent nobody knows how. */
export function desiredContainers(
  containers: readonly SeenContainer[],
  attachments: readonly ObservedAttachment[],
  rootless: RootlessInfo | 'silent' | undefined,
): readonly DesiredContainer[] {
  const living = attachments.filter(({ state }) => state === 'alive' || state === 'unknown')
  const attached = new Set(living.map(({ containerId }) => containerId))
  const remembered = new Set(
    living.filter((each) => each.remembered).map(({ containerId }) => containerId),
  )
  return containers
    .filter(({ observed }) => observed.stored && !observed.nerdctls)
    .map(({ observed: { namespace, id, containerId }, record }) => {
      const asked = record?.mode === 'cni' && rootless !== 'silent' ? record.ports : []
      const inside = rootless && rootless !== 'silent' ? innerPorts(asked, rootless) : asked
      const ports = inside.map(({ hostIP, ...port }) => ({ ...port, hostIp: hostIP }))
      const container = {
        ...{ namespace, id, containerId, name: record?.name ?? '' },
        ...(ports.length > 0 ? { ports } : {}),
      }
      if (remembered.has(containerId)) return { ...container, known: true }
      return attached.has(containerId) ? container : { ...container, known: false }
    })
}

async function inNamespace(
  namespace: string,
  tools: DoctorTools,
  { idOf, recorded, scope }: Wanted,
): Promise<SeenContainers> {
  const { clock, looksInside } = tools
  const [containers, hosts] = [tools.containers(namespace), await tools.hosts(namespace)]
  const [stored, ids, held] = await Promise.all([
    containers.list(),
    hosts.ids(),
    containers.heldNames(),
  ])
  const folders = await mapInTurns(clock, ids, hosts.folder)
  const stale = new Set(looksInside(ids.length) ? await hosts.stale() : [])
  const asSeen = (each: HostsFolder): SeenFolder =>
    stale.has(each.id) ? { ...each, names: 'stale' } : each
  const byId = new Map(folders.map((each) => [each.id, asSeen(each)]))
  const named = (id: string) => ({ namespace, id, containerId: idOf({ namespace, id }) })
  const wanted = stored.map(named).filter((each) => isIn(scope, each))
  const known = await mapInTurns(clock, wanted, (each) =>
    storedContainer(each, containers, {
      folder: byId.get(each.id),
      isRecorded: recorded.has(each.containerId),
    }),
  )
  const inStore = new Set(stored)
  const left = folders
    .filter(({ id }) => !inStore.has(id))
    .map((each) => hostsAlone(named(each.id), each))
  return { containers: [...known, ...left], names: held.map((each) => ({ namespace, ...each })) }
}

type SeenFolder = Omit<HostsFolder, 'names'> & Pick<ObservedContainer, 'names'>

type Named = Pick<ObservedContainer, 'namespace' | 'id' | 'containerId'>

async function storedContainer(
  named: Named,
  containers: ReturnType<DoctorTools['containers']>,
  { folder, isRecorded }: { readonly folder: SeenFolder | undefined; readonly isRecorded: boolean },
): Promise<SeenContainer> {
  const { id } = named
  const [decided, lifecycle] = await Promise.all([
    readOrFault(async () => {
      const json = await containers.read(id, 'vethra.json')
      return json === undefined ? undefined : parseRecord(json)
    }, 'vethra.json'),
    readOrFault(() => containers.read(id, 'lifecycle.json'), 'lifecycle.json'),
  ])
  const record = decided.value
  const startedMs = startOf(lifecycle.value)
  const observed = {
    ...named,
    stored: true,
    ...faultOf(decided.fault ?? lifecycle.fault),
    names: folder?.names ?? 'none',
    withoutNetworks: folder?.withoutNetworks ?? (record !== undefined && record.mode !== 'cni'),
    restorable: record?.mode === 'cni',
    ...present({ startedMs }),
    ...(record?.transient ? { transient: true as const } : {}),
    ...(record || decided.fault || isRecorded ? {} : { nerdctls: true as const }),
  } as const
  return { observed, ...present({ record }) }
}

function faultOf(fault: ObservedFault | undefined): Pick<ObservedContainer, 'fault'> {
  return present({ fault })
}

function hostsAlone(named: Named, { names, withoutNetworks }: HostsFolder): SeenContainer {
  return {
    observed: { ...named, stored: false, names, withoutNetworks, restorable: false },
  }
}

async function readOrFault<T>(
  read: () => Promise<T>,
  file: string,
): Promise<{ readonly value?: T; readonly fault?: ObservedFault }> {
  try {
    return { value: await read() }
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    const { message, hint } = error
    return { fault: { file, reason: message, ...present({ hint }) } }
  }
}

function startOf(lifecycle: Json | undefined): number | undefined {
  const started = goField(lifecycle, 'started_at')
  // biome-ignore lint/style/noRestrictedGlobals: it reads a time that was written, and no clock.
  const ms = typeof started === 'string' ? Date.parse(started) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}
