import type { Result } from '@vethra/cni'
import { type Network, networkBridge, networksFromFiles } from '@vethra/networks'
import type { CachedAttachment, LinkCounters } from '@vethra/world'
import type { ManageTools } from '../network/tools.ts'
import type { ContainerRow } from './container-filter.ts'
import type { KnownContainer } from './container-state.ts'
import { shownContainers } from './others.ts'
import { shownState } from './shown-state.ts'

/** Octets since their interfaces were made, seen from the containers; absent where the host has no interface to count at. */
export interface Octets {
  readonly ReceivedBytes?: number
  readonly SentBytes?: number
}

/** The traffic of a network's containers, received and sent. */
interface NetworkTraffic extends Octets {
  readonly Name: string
  readonly Driver: string
  /** How many containers are attached. */
  readonly Containers: number
}

/** The traffic of a container, received and sent, in all of its networks. */
type ContainerTraffic = Octets & Omit<ContainerRow, 'Ports'>

/** The octets of all networks and of the containers of one namespace, by name and by id. */
export interface Traffic {
  readonly Networks: readonly NetworkTraffic[]
  readonly Containers: readonly ContainerTraffic[]
}

/** Counts at the host's ends of the containers' interfaces. Networks without such ends, as of macvlan, are not counted. */
export async function readTraffic(tools: ManageTools): Promise<Traffic> {
  const [links, files, known, cached] = await Promise.all([
    tools.effects.linkCounters(),
    tools.networks.list(),
    shownContainers(tools),
    tools.host.cache.list(),
  ])
  const { networks } = networksFromFiles(files)
  return {
    Networks: networks.map((network) => networkTraffic(network, links, cached)),
    Containers: await Promise.all(known.map((each) => containerTraffic(tools, each, links))),
  }
}

function networkTraffic(
  network: Network,
  links: readonly LinkCounters[],
  cached: readonly CachedAttachment[],
): NetworkTraffic {
  const bridge = networkBridge(network)
  const ports = links.filter(({ master }) => master !== undefined && master === bridge)
  return {
    Name: network.name,
    Driver: network.list.plugins[0]?.type ?? '',
    Containers: cached.filter((each) => each.network === network.name).length,
    ...(links.some(({ name }) => name === bridge) ? octetsOf(ports) : {}),
  }
}

async function containerTraffic(
  { host }: ManageTools,
  container: KnownContainer,
  links: readonly LinkCounters[],
): Promise<ContainerTraffic> {
  const { id, record, names, attachments } = container
  const results = Object.values(names?.networks ?? {})
  const ends = results.flatMap(hostEnds)
  const ours = links.filter(({ name }) => ends.includes(name))
  return {
    ID: id,
    Name: names?.name || record?.name || '',
    State: await shownState(host, container),
    Networks: attachments.map(({ network }) => network),
    Addresses: results.flatMap(({ ips }) => ips.map(({ address }) => address)),
    ...(ours.length > 0 ? octetsOf(ours) : {}),
  }
}

// A bridge stands in results, too, and counts what all containers pass to the host.
function hostEnds({ interfaces }: Result): readonly string[] {
  return interfaces
    .filter(({ sandbox, name }) => sandbox === undefined && name.startsWith('veth'))
    .map(({ name }) => name)
}

// What the host's end sends, the container receives.
function octetsOf(links: readonly LinkCounters[]): Required<Octets> {
  return {
    ReceivedBytes: links.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
    SentBytes: links.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
  }
}
