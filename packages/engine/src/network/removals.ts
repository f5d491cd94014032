import { contains, readCidr } from '@vethra/address'
import { inUseError } from '@vethra/cni'
import {
  bridgeName,
  modeNetwork,
  type Network,
  networkBridge,
  networkPlugins,
  networkSubnets,
  networksFromFiles,
} from '@vethra/networks'
import type { HostLink } from '@vethra/plugins'
import type { Owned } from '@vethra/state'
import type { MarkedLink } from '@vethra/world'
import { networksOfOthers } from './known-networks.ts'
import { usersOf } from './network-users.ts'
import { networksNotFound, oneNetwork } from './one-network.ts'
import type { ManageTools } from './tools.ts'

/** A network that is to go, and what goes with it: what no other network uses. */
export interface Removal {
  readonly network: Network
  /** The bridge of its elements: undefined where another network is on it. */
  readonly bridge: string | undefined
  /** Whether the bridge is ours by its name, and its rules go. */
  readonly takesBridge: boolean
  /** Whether the interface of that name is another's, and stays. */
  readonly leavesLink: boolean
  /** The network of ours that a bridge of ours is left to; undefined where none is on it. */
  readonly heir: string | undefined
  readonly takesSharedRules: boolean
  readonly takesReservations: boolean
}

/** The removals of networks, in the order given. Throws CniError 101 for one that is missing, 102 for one that is in use or not ours. */
export async function removalsOf(
  tools: ManageTools,
  refs: readonly string[],
): Promise<readonly Removal[]> {
  const { networks, faults } = networksFromFiles(await tools.networks.list())
  const found = refs.map((ref) => oneNetwork(networks, ref))
  const missing = refs.filter((_, index) => found[index] === undefined)
  const mode = missing.find((ref) => modeNetwork(ref))
  if (mode !== undefined)
    throw inUseError(
      `pseudo network not allowed: ${mode}`,
      `"${mode}" is a network mode, which is always there.`,
    )
  if (missing.length > 0) throw networksNotFound(missing, faults)
  const doomed = [...new Set(found.flatMap((network) => network ?? []))]
  for (const network of doomed) await checkRemovable(tools, network)
  const elsewhere = await networksOfOthers(tools.networks)
  const marked = (await (await tools.host.kernel?.())?.marked()) ?? []
  const foreign = await linksOfOthers(tools, doomed, marked)
  return doomed.map((network, index) => {
    const left = networks.filter((each) => !doomed.slice(0, index + 1).includes(each))
    const leavesLink = foreign.has(networkBridge(network) ?? '')
    const removal = removalOf(network, [...left, ...elsewhere], isOurs(tools, network, marked))
    return leavesLink ? { ...removal, leavesLink, heir: undefined } : removal
  })
}

function removalOf(network: Network, others: readonly Network[], isOursBridge: boolean): Removal {
  const bridge = networkBridge(network)
  const sharing = bridge === undefined ? [] : others.filter(isOn(bridge))
  const isShared = sharing.length > 0
  return {
    network,
    bridge: isShared ? undefined : bridge,
    takesBridge: !isShared && isOursBridge,
    leavesLink: false,
    heir: isOursBridge ? sharing.find(({ managed }) => managed)?.name : undefined,
    takesSharedRules: !others.some(usesSharedChains),
    // Namesakes keep their reservations in one folder.
    takesReservations: !others.some(({ name }) => name === network.name),
  }
}

/** Whether a table's element goes with a network: of namesakes or on one bridge, the bridge and the subnets tell. */
export function isOf({
  network,
  bridge,
  takesReservations: isAlone,
}: Removal): (effect: Owned) => boolean {
  const subnets = networkSubnets(network).map(({ subnet }) => subnet)
  return ({ resource, owner }) => {
    if (owner.kind !== 'network') return false
    if ('bridge' in resource && resource.bridge !== '') return resource.bridge === bridge
    if (owner.network !== network.name) return false
    if (resource.kind === 'admit') return resource.subnets.every((each) => subnets.includes(each))
    return resource.kind === 'masquerade' && (isAlone || subnets.includes(resource.subnet))
  }
}

async function checkRemovable(tools: ManageTools, network: Network): Promise<void> {
  const { name, file, managed } = network
  if (!managed) {
    throw inUseError(
      `network ${JSON.stringify(name)} is managed outside vethra and cannot be removed`,
      `Remove it with the program that made it, or delete ${file} yourself.`,
    )
  }
  const users = await usersOf(tools, network)
  if (users.length === 0) return
  throw inUseError(
    `network ${JSON.stringify(name)} is in use by container ${JSON.stringify(users)}`,
    'Stop and delete these containers, then "vethra bundle rm" them; remove attachments of "vethra cni add" with "vethra cni del", pods with kubectl or "crictl rmp", and others with their program: "nerdctl rm -f".',
  )
}

// A bridge is ours by a name that we give, or by the mark of a network that it was left to: a file may say anything.
function isOurs(
  { settings }: ManageTools,
  network: Network,
  marked: readonly MarkedLink[],
): boolean {
  const bridge = networkBridge(network)
  const { name } = network
  const isMarked = ({ owner, ...link }: MarkedLink) =>
    link.name === bridge && owner.kind === 'network' && owner.network === name
  return (
    bridge === bridgeName(name) ||
    bridge === bridgeName(name, settings.namespace) ||
    marked.some(isMarked)
  )
}

// nerdctl puts namesakes of two namespaces on one.
function isOn(bridge: string): (network: Network) => boolean {
  return (network) => networkBridge(network) === bridge
}

function usesSharedChains(network: Network): boolean {
  return networkPlugins(network).some((type) => type === 'portmap' || type === 'firewall')
}

// Interfaces named as a network's bridge that others made: no bridge, or unmarked with ports of no container or a
// foreign address.
async function linksOfOthers(
  { host }: ManageTools,
  networks: readonly Network[],
  marked: readonly MarkedLink[],
): Promise<ReadonlySet<string>> {
  const names = networks.flatMap((network) => networkBridge(network) ?? [])
  const { links = {} } = (await (await host.kernel?.())?.facts({ links: names })) ?? {}
  const isMarked = (name: string) =>
    marked.some((link) => link.name === name && link.owner.kind === 'network')
  return new Set(
    networks.flatMap((network) => {
      const name = networkBridge(network) ?? ''
      const link = links[name]
      if (link === undefined || (link.kind === 'bridge' && isMarked(name))) return []
      return isOfOthers(link, network) ? [name] : []
    }),
  )
}

function isOfOthers({ kind, ports = 0, addresses = [] }: HostLink, network: Network): boolean {
  if (kind !== 'bridge' || ports > 0) return true
  const subnets = networkSubnets(network).flatMap(({ subnet }) => readCidr(subnet)?.prefix ?? [])
  const found = addresses.flatMap((each) => readCidr(each)?.address ?? [])
  return subnets.length > 0 && !found.every((each) => subnets.some((one) => contains(one, each)))
}
