import {
  type ContainerRef,
  goText,
  type Json,
  type NamespaceIdentity,
  onCniError,
  present,
} from '@vethra/cni'
import { type BundleRecord, innerPorts, parseRecord, type RootlessInfo } from '@vethra/container'
import type {
  DesiredContainer,
  ObservedAttachment,
  ObservedContainer,
  ObservedFault,
  ObservedName,
} from '@vethra/findings'
import { findNetwork, type Network } from '@vethra/networks'
import type { HostsFolder } from '@vethra/world'
import { type Home, homeLife, homeOf, startedIn } from '../container/container-home.ts'
import { type DoctorTools, mapInTurns } from './doctor-tools.ts'
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
  /** The network namespace that it was started in. */
  readonly home?: NamespaceIdentity
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

/** The facts that desired containers follow from. */
interface ContainerFacts {
  readonly containers: readonly SeenContainer[]
  readonly networks: readonly Network[]
  readonly attachments: readonly ObservedAttachment[]
  /** RootlessKit, inside of which their ports are; of one that is silent nobody knows how. */
  readonly rootless: RootlessInfo | 'silent' | undefined
}

/** The names that should be known of containers, given their attachments. */
export function desiredContainers({
  containers,
  networks,
  attachments,
  rootless,
}: ContainerFacts): readonly DesiredContainer[] {
  const living = attachments.filter(({ state }) => state === 'alive' || state === 'unknown')
  const byContainer = Map.groupBy(living, ({ containerId }) => containerId)
  return containers
    .filter(({ observed }) => observed.stored && !observed.nerdctls)
    .map(({ observed: { namespace, id, containerId }, record }) => {
      const asked = record?.mode === 'cni' && rootless !== 'silent' ? record.ports : []
      const inside = rootless && rootless !== 'silent' ? innerPorts(asked, rootless) : asked
      const ports = inside.map(({ hostIP, ...port }) => ({ ...port, hostIp: hostIP }))
      const own = byContainer.get(containerId)
      const known = own ? own.some((each) => each.remembered) || undefined : false
      return {
        ...{ namespace, id, containerId, name: record?.name ?? '' },
        networks: (record?.networks ?? []).flatMap(({ ref }) => {
          const name = findNetwork(networks, ref)?.name ?? ref
          return own?.some((each) => each.remembered && each.network === name) ? [ref] : []
        }),
        ...present({ known, ports: ports.length > 0 ? ports : undefined }),
      }
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
  const stale = new Set(looksInside(ids.length) ? await hosts.stale() : [])
  const folders = await mapInTurns(clock, ids, hosts.folder)
  const byId = new Map(
    folders.map((each): [string, SeenFolder] => [
      each.id,
      stale.has(each.id) ? { ...each, names: 'stale' } : each,
    ]),
  )
  const named = (id: string) => ({ namespace, id, containerId: idOf({ namespace, id }) })
  const wanted = stored.map(named).filter((each) => isIn(scope, each))
  const known = await mapInTurns(clock, wanted, (each) =>
    storedContainer(each, containers, {
      ...{ kernel: tools.kernel, host: tools.host },
      folder: byId.get(each.id),
      isRecorded: recorded.has(each.containerId),
    }),
  )
  const inStore = new Set(stored)
  const left = folders
    .filter(({ id }) => !inStore.has(id))
    .map(({ id, names, networks }) => ({
      observed: { ...named(id), stored: false, names, networks, restorable: false },
    }))
  return { containers: [...known, ...left], names: held.map((each) => ({ namespace, ...each })) }
}

type SeenFolder = Omit<HostsFolder, 'names'> & Pick<ObservedContainer, 'names'>

interface SeenOfContainer extends Pick<DoctorTools, 'host' | 'kernel'> {
  readonly folder: SeenFolder | undefined
  readonly isRecorded: boolean
}

async function storedContainer(
  named: Pick<ObservedContainer, 'namespace' | 'id' | 'containerId'>,
  containers: ReturnType<DoctorTools['containers']>,
  { kernel, host, folder, isRecorded }: SeenOfContainer,
): Promise<SeenContainer> {
  const { id } = named
  const [decided, lifecycle] = await Promise.all([
    orFault('vethra.json', containers.read(id, 'vethra.json').then(recordFrom)),
    orFault('lifecycle.json', containers.read(id, 'lifecycle.json').then(startIn)),
  ])
  const record = decided.value
  const isLost =
    !record && !decided.fault && isRecorded && (await wasPrepared(kernel, containers.folder(id)))
  const lost = isLost ? { file: 'vethra.json', reason: 'it is missing' } : undefined
  const fault = decided.fault ?? lost ?? lifecycle.fault
  const isDue = record?.transient && !isRecorded && lifecycle.value?.startedMs === undefined
  const observed = {
    ...{ ...named, stored: true, ...present({ fault, startedMs: lifecycle.value?.startedMs }) },
    names: folder?.names ?? 'none',
    networks: folder?.networks ?? [],
    restorable: record?.mode === 'cni',
    ...(record?.transient ? { transient: true as const } : {}),
    ...(!isRecorded && (await livesIn(host, lifecycle.value?.alone))
      ? { lives: true as const }
      : {}),
    ...(isDue && (await kernel.isNamed(id)) ? { awaited: true as const } : {}),
    ...(record || decided.fault || isRecorded ? {} : { nerdctls: true as const }),
  }
  return { observed, ...present({ record, home: lifecycle.value?.home }) }
}

async function livesIn({ netns }: DoctorTools['host'], home?: Home): Promise<boolean> {
  return home !== undefined && homeLife(home, await netns.look(home.netns)) === 'alive'
}

// nerdctl's containers, which our hook can have attached, have no such file.
async function wasPrepared(kernel: DoctorTools['kernel'], folder: string): Promise<boolean> {
  const seen = await kernel.whatIsAt([`${folder}/resolv-conf.json`])
  return seen.some(({ what }) => what === 'a file')
}

async function orFault<T>(
  file: string,
  reading: Promise<T>,
): Promise<{ readonly value?: T; readonly fault?: ObservedFault }> {
  return reading.then(
    (value) => ({ value }),
    onCniError(({ message, hint }) => ({ fault: { file, reason: message, ...present({ hint }) } })),
  )
}

function recordFrom(json: Json | undefined): BundleRecord | undefined {
  return json === undefined ? undefined : parseRecord(json)
}

function startIn(lifecycle: Json | undefined) {
  // biome-ignore lint/style/noRestrictedGlobals: it reads a time that was written, and no clock.
  const ms = Date.parse(goText(lifecycle, 'started_at'))
  const startedMs = Number.isNaN(ms) ? undefined : ms
  return { startedMs, home: startedIn(lifecycle), alone: homeOf(lifecycle) }
}
