import { type CniError, inUseError, present, unknownNetwork, usageError } from '@vethra/cni'
import {
  checkRequest,
  type Membership,
  membershipsOf,
  type NetworkRequest,
  parseMac,
} from '@vethra/container'
import { checkHostname } from '@vethra/names'
import {
  checkWishes,
  findNetwork,
  modeNetwork,
  type Network,
  referencesTo,
  type Wishes,
} from '@vethra/networks'
import { findLiving } from '../attach/life.ts'
import { atNetns, rememberedOnly } from '../attach/membership.ts'
import { recordOf } from '../container/container-record.ts'
import { demandSeen, type KnownContainer } from '../container/container-state.ts'
import { pluginIdOf } from '../container/holding-found.ts'
import { isToPublish } from '../container/published-ports.ts'
import { insidePorts } from '../rootless/inside-ports.ts'
import { knownNetworks } from './known-networks.ts'
import type { ManageTools } from './tools.ts'
import { wholeNetworks } from './wanted-networks.ts'

/** A network and a container, by name, id or the beginning of an id. */
export interface NetworkAndContainer {
  readonly network: string
  readonly container: string
}

/** A network, a container, and how it is to be in the network. */
export interface ConnectRequest extends NetworkAndContainer, Wishes {
  readonly alias: readonly string[]
}

interface Joining {
  readonly network: Network
  readonly asked: NetworkRequest
  /** The interface of its next start. */
  readonly ifname: string
  /** The attachment that is to be made now; empty when the container does not run. */
  readonly memberships: readonly Membership[]
  /** Its attachments to the network that a connect which was killed has left: they go first. */
  readonly left: readonly Membership[]
}

/** How a container is to join a network that is referred to. Throws CniError 101 for a missing network, 102 for one that it is in, or a MAC that is used there. */
export async function joiningOf(
  tools: ManageTools,
  container: KnownContainer,
  request: ConnectRequest,
): Promise<Joining> {
  const record = recordOf(container)
  const network = await networkOf(tools, request.network)
  const { ip, ip6, macAddress, alias: aliases } = request
  const asked = { ref: network.name, ...present({ ip, ip6, macAddress }), aliases }
  checkAsked(tools, record.id, asked)
  checkWishes(network, asked)
  const refs = referencesTo(network)
  if (record.networks.some(({ ref }) => refs.includes(ref)))
    throw connectedAlready(network, container)
  const containerId = pluginIdOf(tools, container)
  const ifname = `eth${record.networks.length}`
  await tools.host.cache.check({ network: network.name, containerId, ifname })
  demandSeen(container)
  if (macAddress !== undefined)
    await refuseTaken(tools, { network: network.name, containerId }, macAddress)
  const runs = container.state === 'running'
  const memberships = runs ? await membershipsIn(tools, container, { network, asked }) : []
  const left = container.attachments
    .filter((each) => each.network === network.name)
    .map((each) => atNetns(rememberedOnly(each), container.netns))
  return { network, asked, ifname, memberships, left }
}

async function networkOf(tools: ManageTools, ref: string): Promise<Network> {
  const network = findNetwork(await knownNetworks(tools.networks), ref)
  if (network) return network
  if (modeNetwork(ref))
    throw usageError(
      `${ref} is a network mode, and no network to connect to`,
      `Give it when the bundle is prepared: vethra bundle prepare --network ${ref}`,
    )
  throw unknownNetwork(ref)
}

function checkAsked({ settings }: ManageTools, id: string, asked: NetworkRequest): void {
  for (const each of asked.aliases) checkHostname(each)
  const rest = { ports: [], extraHosts: [], aliases: [], dns: {} }
  checkRequest({ ...rest, id, namespace: settings.namespace, networks: [asked] })
}

// Frames to either would go to both by turns.
async function refuseTaken(
  { host }: ManageTools,
  { network, containerId }: { readonly network: string; readonly containerId: string },
  text: string,
): Promise<void> {
  const wanted = parseMac('--mac-address', text)
  // Its own is what a connect that was killed has left.
  const records = (await host.records.list()).filter(
    (each) => each.network === network && each.containerId !== containerId,
  )
  const user = await findLiving(host, records, (result) =>
    (result?.interfaces ?? []).some(({ mac }) => mac?.toLowerCase() === wanted),
  )
  if (user === undefined) return
  throw inUseError(
    `MAC ${wanted} is used by container ${user.container?.id || user.containerId} in network ${network}`,
    'Give another --mac-address, or none: it then follows the address.',
  )
}

async function membershipsIn(
  tools: ManageTools,
  container: KnownContainer,
  { network, asked }: Pick<Joining, 'network' | 'asked'>,
): Promise<readonly Membership[]> {
  const { id, record, attachments, netns } = container
  const wanted = await wholeNetworks(tools.networks, [network], [asked])
  const [{ list } = {}] = wanted
  const { ports = [], hostname = '' } = record ?? {}
  const publishes = ports.length > 0 && list && (await isToPublish(tools, container, list))
  const joining = {
    container: { namespace: tools.settings.namespace, id },
    containerId: pluginIdOf(tools, { id, attachments }),
    netns,
    joined: attachments[0]?.joined,
    hostname,
    ports: publishes ? await insidePorts(tools.host, ports) : [],
    taken: attachments.flatMap((each) => (each.network === network.name ? [] : [each.ifname])),
  }
  return membershipsOf(joining, wanted)
}

function connectedAlready({ name }: Network, { id }: KnownContainer): CniError {
  return inUseError(
    `container ${id} is connected to network ${name} already`,
    `Disconnect it first: vethra network disconnect ${name} ${id}`,
  )
}
