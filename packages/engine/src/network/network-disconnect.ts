import {
  type CniError,
  type ConfList,
  goField,
  identityOf,
  notFoundError,
  onCniError,
} from '@vethra/cni'
import { type BundleRecord, type Membership, renderRecord } from '@vethra/container'
import { namesWithout } from '@vethra/names'
import { findNetwork, networkId, referencesTo } from '@vethra/networks'
import { type DetachOptions, detachEach } from '../attach/detach-each.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { atNetns, keyOf, rememberedOnly } from '../attach/membership.ts'
import { all, demandDone, inSequence, logSteps, type SequenceOutcome } from '../attach/sequence.ts'
import { findContainer } from '../container/container-inspect.ts'
import { changeContainer, recordOf } from '../container/container-record.ts'
import { demandSeen, type KnownContainer } from '../container/container-state.ts'
import { holdingFound } from '../container/holding-found.ts'
import { movePorts } from '../container/move-ports.ts'
import { isLeasing } from '../dns/name-leased-resolvers.ts'
import { emitConnection } from '../emit-events.ts'
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
    const step = logSteps(tools.host.steps)
    const { target, networks } = await step('read the network', () =>
      leavingOf(tools, container, request),
    )
    if (networks.length === 0)
      await step('write lifecycle.json', () => rememberHome(tools, container))
    demandDone(await leave(tools, container, { target, networks, options: request }))
    const faults = await step('write resolv.conf', () => forgetLease(tools, container, target))
    await step('write the events', () =>
      emitConnection(tools.host, 'container-disconnected', { network: target.name, record }),
    )
    const unpublished = await step('move the ports', () => movePorts(tools, container, target.name))
    return [...faults, ...unpublished]
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

interface Leaving {
  readonly target: Target
  /** The networks that the container stays in. */
  readonly networks: BundleRecord['networks']
}

// What is attached goes last, and its records say so first: killed in between, the next connect, disconnect or repair
// detaches it.
async function leave(
  tools: ManageTools,
  container: KnownContainer,
  { target, networks, options }: Leaving & { readonly options: DetachOptions },
): Promise<SequenceOutcome<void>> {
  const { host, hosts, containers } = tools
  const { id, names } = container
  const record = recordOf(container)
  const remember = (of: BundleRecord) => containers.write(id, 'vethra.json', renderRecord(of))
  const writeNames = async (of = names) => of && hosts.acquire(of)
  const leaving = membershipsIn(container, target)
  return holdingFound(tools, container, () =>
    inSequence(async (step) => {
      await step('note that a DEL is under way', () => noteDel(host, leaving))
      await step(
        'write vethra.json',
        () => remember({ ...record, networks }),
        () => all([writeNames(), remember(record)]),
      )
      await step('write the hosts files', () =>
        writeNames(names && namesWithout(names, target.refs)),
      )
      await step('detach', () => detachEach(host, leaving, options))
    }, host.steps),
  )
}

async function noteDel({ records }: HostTools, leaving: readonly Membership[]): Promise<void> {
  for (const each of leaving) {
    const record = await records.read(keyOf(each))
    if (record) await records.write({ ...record, underWay: 'DEL' })
  }
}

async function leavingOf(
  tools: ManageTools,
  container: KnownContainer,
  { network, force }: DisconnectRequest,
): Promise<Leaving> {
  const record = recordOf(container)
  const target = await targetOf(tools, container, network)
  const networks = record.networks.filter((each) => !target.refs.includes(each.ref))
  const isIn = networks.length < record.networks.length
  if (!isIn && membershipsIn(container, target).length === 0)
    throw notConnected(target.name, container)
  if (!force) demandSeen(container)
  return { target, networks }
}

/** A network, which may have no conf list any more. */
interface Target {
  readonly name: string
  readonly list: ConfList | undefined
  /** The references that mean it, as users type them. */
  readonly refs: readonly string[]
}

async function targetOf(
  tools: ManageTools,
  { attachments }: KnownContainer,
  ref: string,
): Promise<Target> {
  const known = findNetwork(await knownNetworks(tools.networks), ref)
  if (known) return { ...known, refs: referencesTo(known) }
  // The conf list has gone: the id of a name is known even so, and the cache knows what was attached.
  const names = attachments.map(({ network }) => network)
  const refsOf = (name: string) => referencesTo({ name, id: networkId(name) })
  const name = names.find((each) => refsOf(each).includes(ref)) ?? ref
  return { name, list: undefined, refs: refsOf(name) }
}

function membershipsIn(
  { attachments, netns }: KnownContainer,
  { name, list }: Target,
): readonly Membership[] {
  return attachments
    .filter(({ network }) => network === name)
    .map((each) => ({ ...atNetns(rememberedOnly(each), netns), list }))
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
    onCniError(({ message }) => [`cannot update resolv.conf of container ${id}: ${message}`]),
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

function notConnected(network: string, { id }: KnownContainer): CniError {
  return notFoundError(
    `container ${id} is not connected to network ${network}`,
    `See its networks with "vethra container inspect ${id}".`,
  )
}
