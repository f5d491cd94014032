import { onCniError, orElse } from '@vethra/cni'
import { type BundleRecord, parseRecord } from '@vethra/container'
import { makeZone, type Zone, type ZoneContainer } from '@vethra/dns'
import type { ContainerNames } from '@vethra/names'
import { isInternal, type Network, networkSubnets, networksFromFiles } from '@vethra/networks'
import type { ContainerStore, HostsStore } from '@vethra/world'
import type { DnsTools } from './dns-tools.ts'
import { networksByKey, zoneContainer } from './zone-container.ts'

/** The networks and names of one containerd namespace. */
export interface NamespaceNames {
  readonly namespace: string
  readonly networks: readonly Network[]
  /** By id: the containers that have been prepared or attached. */
  readonly containers: ReadonlyMap<string, KnownNames>
  readonly zone: Zone
}

/** The records of a container. */
interface KnownNames {
  /** Absent while it is in no network. */
  readonly names?: ContainerNames
  /** Absent for one that nerdctl made. */
  readonly record?: BundleRecord
}

/** A part of what is recorded that has changed. */
export type NamesChange =
  | { readonly kind: 'all' }
  | { readonly kind: 'networks' }
  | { readonly kind: 'container'; readonly namespace: string; readonly id: string }

/** Reads everything of a namespace that DNS tells of. */
export async function readNames(tools: DnsTools, namespace: string): Promise<NamespaceNames> {
  const networks = await readNetworks(tools, namespace)
  const hosts = await tools.hosts(namespace)
  const store = tools.containers(namespace)
  const known = new Map<string, KnownNames>()
  for (const id of await store.list()) {
    const record = await readRecord(store, id)
    if (record) known.set(id, { record })
  }
  for (const names of await hosts.list()) known.set(names.id, { ...known.get(names.id), names })
  return withZone({ namespace, networks, containers: known }, 1)
}

/** The same after changes of its networks or of some containers. */
export async function rereadNames(
  tools: DnsTools,
  before: NamespaceNames,
  changed: { readonly networks: boolean; readonly ids: readonly string[] },
): Promise<NamespaceNames> {
  const { namespace } = before
  const networks = changed.networks ? await readNetworks(tools, namespace) : before.networks
  const containers = new Map(before.containers)
  const hosts = await tools.hosts(namespace)
  const store = tools.containers(namespace)
  for (const id of changed.ids) {
    const known = await readContainer(hosts, store, id)
    if (known.names || known.record) containers.set(id, known)
    else containers.delete(id)
  }
  return withZone({ namespace, networks, containers }, before.zone.serial + 1)
}

async function readNetworks(tools: DnsTools, namespace: string): Promise<readonly Network[]> {
  const { networks } = networksFromFiles(await tools.networks(namespace).list())
  const first = new Map<string, Network>()
  for (const each of networks) if (!first.has(each.name)) first.set(each.name, each)
  return [...first.values()]
}

async function readContainer(
  hosts: HostsStore,
  store: ContainerStore,
  id: string,
): Promise<KnownNames> {
  const names = await hosts.read(id).catch(onCniError(() => undefined))
  const record = await readRecord(store, id)
  return { ...(names ? { names } : {}), ...(record ? { record } : {}) }
}

// A damaged record, or an id that cannot be one, hides no other container.
async function readRecord(store: ContainerStore, id: string): Promise<BundleRecord | undefined> {
  const json = await store.read(id, 'vethra.json').catch(onCniError(() => undefined))
  return json === undefined ? undefined : orElse(() => parseRecord(json), undefined)
}

function withZone(names: Omit<NamespaceNames, 'zone'>, serial: number): NamespaceNames {
  const { networks, containers } = names
  const byKey = networksByKey(networks.map(({ name }) => name))
  const shown: ZoneContainer[] = [...containers.values()]
    .filter((each) => each.names !== undefined)
    .toSorted((a, b) => (b.names?.precedence ?? 0) - (a.names?.precedence ?? 0))
    .flatMap((each) => (each.names ? [zoneContainer(each.names, each.record, byKey)] : []))
  const zone = makeZone({
    networks: networks.map((each) => ({
      name: each.name,
      isInternal: isInternal(each),
      subnets: networkSubnets(each).map(({ subnet }) => subnet),
    })),
    containers: shown,
    serial: serial >>> 0,
  })
  return { ...names, zone }
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
