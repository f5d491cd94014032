import {
  type CniError,
  type ConfList,
  goField,
  identityOf,
  notFoundError,
  onCniError,
} from '@vethra/cni'
import { type BundleRecord, type Membership, renderRecord } from '@vethra/container'
import { findNetwork, type Network, networkId, referencesTo } from '@vethra/networks'
import type { DetachOptions } from '../attach/detach-each.ts'
import { detachAll } from '../attach/on-host.ts'
import { findContainer } from '../container/container-inspect.ts'
import { changeContainer, recordOf } from '../container/container-record.ts'
import { demandSeen, type KnownContainer } from '../container/container-state.ts'
import { movePorts } from '../container/move-ports.ts'
import { isLeasing } from '../dns/name-leased-resolvers.ts'
import { tellConnection } from '../tell.ts'
import type { NetworkAndContainer } from './joining.ts'
import { knownNetworks } from './known-networks.ts'
import { type ConnectionPlan, plannedDels } from './plan-connection.ts'
import type { ManageTools } from './tools.ts'

/** A network, a container, and whether it is to be forgotten there even when a plugin fails. */
export type DisconnectRequest = NetworkAndContainer & DetachOptions

/**
 * Disconnects a container from a network: its interface, address and rules go at once when it runs, its
 * names leave the hosts files, and its next start goes without. It works where the conf list has gone,
 * too. Its ports move to the next network that can publish them; warnings, which are returned, say when there is none.
 * Throws CniError 101 when it is not in that network. With `force` what cannot be undone does not keep it from being
 * forgotten.
 */
export async function disconnectContainer(
  tools: ManageTools,
  request: DisconnectRequest,
): Promise<readonly string[]> {
  return changeContainer(tools, request.container, async (container) => {
    const record = recordOf(container)
    const { target, networks } = await leavingOf(tools, container, request)
    await detachAll(tools.host, membershipsIn(container, target), request)
    if (networks.length === 0) await rememberHome(tools, container)
    await forgetNames(tools, container, target.isMeant)
    await tools.containers.write(container.id, 'vethra.json', renderRecord({ ...record, networks }))
    const faults = await forgetLease(tools, container, target)
    await tellConnection(tools.host, 'container-disconnected', { network: target.name, record })
    return [...faults, ...(await movePorts(tools, container, target.name))]
  })
}

/** The plan of `disconnectContainer`. Fails as it does, and changes nothing. */
export async function planDisconnect(
  tools: ManageTools,
  request: DisconnectRequest,
): Promise<ConnectionPlan> {
  const container = await findContainer(tools, request.container)
  const { target, networks } = await leavingOf(tools, container, request)
  const memberships = membershipsIn(container, target)
  return {
    Network: target.name,
    Container: container.id,
    Namespace: tools.settings.namespace,
    Now: memberships.length > 0,
    Interfaces: memberships.map(({ attachment }) => attachment.ifname),
    Networks: networks.map(({ ref }) => ref),
    Calls: await plannedDels(tools.host, memberships),
  }
}

async function leavingOf(
  tools: ManageTools,
  container: KnownContainer,
  { network, force }: DisconnectRequest,
): Promise<{ readonly target: Target; readonly networks: BundleRecord['networks'] }> {
  const record = recordOf(container)
  const target = await targetOf(tools, container, network)
  const networks = record.networks.filter((each) => !target.isMeant(each.ref))
  if (networks.length === record.networks.length) throw notConnected(target.name, container)
  if (!force) demandSeen(container)
  return { target, networks }
}

/** A network, which may have no conf list any more. */
interface Target {
  readonly name: string
  readonly list: ConfList | undefined
  /** Whether a reference, as a user typed it, means this network. */
  readonly isMeant: (ref: string) => boolean
}

async function targetOf(
  tools: ManageTools,
  { attachments }: KnownContainer,
  ref: string,
): Promise<Target> {
  const known = findNetwork(await knownNetworks(tools.networks), ref)
  const means = (network: Pick<Network, 'name' | 'id'>) => (each: string) =>
    referencesTo(network).includes(each)
  if (known) return { ...known, isMeant: means(known) }
  // The conf list has gone: the id of a name is known even so, and the cache knows what was attached.
  const names = attachments.map(({ network }) => network)
  const byName = (name: string) => means({ name, id: networkId(name) })
  const name = names.find((each) => byName(each)(ref)) ?? ref
  return { name, list: undefined, isMeant: byName(name) }
}

function membershipsIn(
  { attachments, netns }: KnownContainer,
  { name, list }: Target,
): readonly Membership[] {
  return attachments
    .filter(({ network }) => network === name)
    .map(({ containerId, ifname }) => ({
      network: name,
      list,
      attachment: { containerId, netns, ifname, cniArgs: [], capabilityArgs: {} },
    }))
}

// Of a network whose conf list has gone nobody knows whether it leased addresses.
async function forgetLease(
  tools: ManageTools,
  { id }: KnownContainer,
  { list }: Target,
): Promise<readonly string[]> {
  if (list !== undefined && !isLeasing(list)) return []
  const { tendLease } = await import('../dns/tend-lease.ts')
  return tendLease(tools, id).then(
    () => [],
    onCniError(({ message }) => [`resolv.conf of container ${id} is as it was: ${message}`]),
  )
}

// No attachment will tell where the container lives, and it may join a network again.
async function rememberHome(
  { containers, host }: ManageTools,
  { id, netns }: KnownContainer,
): Promise<void> {
  if (netns === '') return
  const lifecycle = await containers.read(id, 'lifecycle.json')
  await containers.write(id, 'lifecycle.json', {
    started_at: goField(lifecycle, 'started_at') ?? '',
    create_error: false,
    netns,
    netns_identity: { ...identityOf(await host.netns.look(netns)) },
  })
}

async function forgetNames(
  { hosts }: ManageTools,
  { names }: KnownContainer,
  isThis: (ref: string) => boolean,
): Promise<void> {
  if (names === undefined) return
  const left = <T>(entries: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(entries).filter(([ref]) => !isThis(ref)))
  await hosts.acquire({
    ...names,
    networks: names.networks && left(names.networks),
    ...(names.aliases === undefined ? {} : { aliases: left(names.aliases) }),
  })
}

function notConnected(network: string, { id }: KnownContainer): CniError {
  return notFoundError(
    `container ${id} is not connected to network ${network}`,
    `See its networks with "vethra container inspect ${id}".`,
  )
}
