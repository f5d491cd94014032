import { onCniError, orElse } from '@vethra/cni'
import { parseRecord } from '@vethra/container'
import { changeZone, makeZone, type Zone, type ZoneContainer, type ZoneNetwork } from '@vethra/dns'
import { isInternal, type Network, networkSubnets } from '@vethra/networks'
import type { ContainerStore, HostsStore } from '@vethra/world'
import { knownNetworks } from '../network/known-networks.ts'
import type { DnsTools } from './dns-tools.ts'
import {
  type KeptRecord,
  keptRecord,
  type NetworksByKey,
  networksByKey,
  zoneContainer,
} from './zone-container.ts'

/** The networks and names of one containerd namespace. */
export interface NamespaceNames {
  readonly namespace: string
  readonly networks: readonly Network[]
  /** By id: those of containers that have been prepared, not by nerdctl. */
  readonly records: ReadonlyMap<string, KeptRecord>
  readonly zone: Zone
}

/** The parts of a container's records that DNS goes by. */
interface KnownNames {
  /** Absent while it is in no network. */
  readonly shown?: ZoneContainer
  /** Absent for one that nerdctl made. */
  readonly record?: KeptRecord
}

/** A part of what is recorded that has changed. */
type NamesChange =
  | { readonly kind: 'all' }
  | { readonly kind: 'networks' }
  | { readonly kind: 'container'; readonly namespace: string; readonly id: string }

/** Containers that are read before memory is given back: a host may have tens of thousands. */
const manyRead = 250

/** Reads everything of a namespace that DNS tells of. */
export async function readNames(tools: DnsTools, namespace: string): Promise<NamespaceNames> {
  const networks = await readNetworks(tools, namespace)
  const hosts = await tools.hosts(namespace)
  const store = tools.containers(namespace)
  const source = { hosts, store, byKey: keysOf(networks) }
  const ids = [...new Set([...(await store.list()), ...(await hosts.ids())])]
  const records = new Map<string, KeptRecord>()
  let zone = makeZone({ networks: zoneNetworks(networks), containers: [] })
  // What was read of tens of thousands would stay in memory, beside the little that is kept.
  for (let at = 0; at < ids.length; at += manyRead) {
    const containers = new Map<string, ZoneContainer>()
    for (const id of ids.slice(at, at + manyRead)) {
      const { shown, record } = await readContainer(source, id)
      if (shown) containers.set(id, shown)
      if (record) records.set(id, record)
      await tools.clock.yieldNow?.()
    }
    zone = changeZone(zone, { containers, serial: zone.serial })
    if (ids.length >= manyRead) await tools.collectGarbage?.()
  }
  return { namespace, networks, records, zone }
}

/** The same after changes of its networks or of some containers. The zone before must not be asked any more. */
export async function rereadNames(
  tools: DnsTools,
  before: NamespaceNames,
  changed: { readonly networks: boolean; readonly ids: readonly string[] },
): Promise<NamespaceNames> {
  const { namespace } = before
  const networks = changed.networks ? await readNetworks(tools, namespace) : before.networks
  const hosts = await tools.hosts(namespace)
  const store = tools.containers(namespace)
  const byKey = keysOf(networks)
  const unplaced = changed.networks ? unplacedIn(before.zone, byKey) : []
  const records = new Map(before.records)
  const containers = new Map<string, ZoneContainer | undefined>()
  for (const id of new Set([...changed.ids, ...unplaced])) {
    const { shown, record } = await readContainer({ hosts, store, byKey }, id)
    containers.set(id, shown)
    if (record) records.set(id, record)
    else records.delete(id)
  }
  const serial = (before.zone.serial + 1) >>> 0
  const others = changed.networks ? { networks: zoneNetworks(networks) } : {}
  const zone = changeZone(before.zone, { containers, serial, ...others })
  return { namespace, networks, records, zone }
}

// Those in networks that were not known: their references may mean one that is known now.
function unplacedIn({ containers }: Zone, byKey: NetworksByKey): readonly string[] {
  const isPlaced = (network: string) => byKey.nameOf(network) === network
  return [...containers].flatMap(([id, { networks }]) =>
    Object.keys(networks).every(isPlaced) ? [] : [id],
  )
}

async function readNetworks(tools: DnsTools, namespace: string): Promise<readonly Network[]> {
  const networks = await knownNetworks(tools.networks(namespace))
  const first = new Map<string, Network>()
  for (const each of networks) if (!first.has(each.name)) first.set(each.name, each)
  return [...first.values()]
}

interface ContainerSource {
  readonly hosts: HostsStore
  readonly store: ContainerStore
  readonly byKey: NetworksByKey
}

async function readContainer(
  { hosts, store, byKey }: ContainerSource,
  id: string,
): Promise<KnownNames> {
  const names = await hosts.read(id).catch(onCniError(() => undefined))
  const record = await readRecord(store, id)
  return {
    ...(names ? { shown: zoneContainer(names, record, byKey) } : {}),
    ...(record ? { record } : {}),
  }
}

// A damaged record, or an id that cannot be one, hides no other container.
async function readRecord(store: ContainerStore, id: string): Promise<KeptRecord | undefined> {
  const json = await store.read(id, 'vethra.json').catch(onCniError(() => undefined))
  return json === undefined ? undefined : orElse(() => keptRecord(parseRecord(json)), undefined)
}

function zoneNetworks(networks: readonly Network[]): readonly ZoneNetwork[] {
  return networks.map((each) => ({
    name: each.name,
    isInternal: isInternal(each),
    subnets: networkSubnets(each).map(({ subnet }) => subnet),
  }))
}

function keysOf(networks: readonly Network[]): NetworksByKey {
  return networksByKey(networks.map(({ name }) => name))
}

/** The change of what DNS tells that a change of a path may mean; undefined when there is none. */
export function changeAt(
  path: string,
  { dataStore, netconf }: { readonly dataStore: string; readonly netconf: string },
): NamesChange | undefined {
  if (path.startsWith(`${netconf}/`) || path === netconf) return { kind: 'networks' }
  for (const folder of [`${dataStore}/etchosts`, `${dataStore}/containers`]) {
    if (path === folder) return { kind: 'all' }
    if (!path.startsWith(`${folder}/`)) continue
    const [namespace = '', id, file] = path.slice(folder.length + 1).split('/')
    if (id === undefined) return { kind: 'all' }
    return isIrrelevant(id, file) ? undefined : { kind: 'container', namespace, id }
  }
  return undefined
}

// Locks, drafts, the files that peers' changes touch, and logs.
function isIrrelevant(id: string, file: string | undefined): boolean {
  if (id.startsWith('.')) return true
  return file !== undefined && file !== 'meta.json' && file !== 'vethra.json'
}
