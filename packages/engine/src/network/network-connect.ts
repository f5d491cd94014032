import { netnsError, present } from '@vethra/cni'
import {
  type BundleRecord,
  type Membership,
  type NetworkRequest,
  renderRecord,
} from '@vethra/container'
import { type ContainerNames, namesWithout } from '@vethra/names'
import { referencesTo } from '@vethra/networks'
import { detachAll, detachEach } from '../attach/detach-each.ts'
import { keyOf } from '../attach/membership.ts'
import { attachEach, clearInterfaces } from '../attach/on-host.ts'
import { all, demandDone, inSequence, logSteps } from '../attach/sequence.ts'
import { handBack } from '../attach/take-over.ts'
import { homeLife } from '../container/container-home.ts'
import { findContainer } from '../container/container-inspect.ts'
import { changeContainer, recordOf } from '../container/container-record.ts'
import type { KnownContainer } from '../container/container-state.ts'
import { holdingFound } from '../container/holding-found.ts'
import { isLeasing } from '../dns/name-leased-resolvers.ts'
import { emitAttached, emitConnection } from '../emit-events.ts'
import { type ConnectRequest, joiningOf } from './joining.ts'
import { keepConfLists } from './known-networks.ts'
import { type ConnectionPlan, plannedAdds } from './plan-connection.ts'
import type { ManageTools } from './tools.ts'

/** Connects a container to one more network, at once and at each start; undone on failure. Throws CniError 102 when it cannot be. */
export async function connectContainer(tools: ManageTools, request: ConnectRequest): Promise<void> {
  await changeContainer(tools, request.container, async (found) => {
    const step = logSteps(tools.host.steps)
    const { network, asked, memberships, left } = await step('read the network', () =>
      joiningOf(tools, found, request),
    )
    // A disconnect that was killed may have left some.
    const container = {
      ...found,
      ...present({ names: found.names && namesWithout(found.names, referencesTo(network)) }),
    }
    const record = recordOf(container)
    const remember = (networks: BundleRecord['networks']) =>
      tools.containers.write(container.id, 'vethra.json', renderRecord({ ...record, networks }))
    if (memberships.length > 0) {
      await step('detach what a kill left', () => detachAll(tools.host, left, { silent: true }))
      await step('check the interfaces', () => clearInterfaces(tools.host, memberships))
    }
    // Before anything is made: where it fails, nothing is connected, and a copy too many is of no matter.
    await step('keep the conf list', () =>
      keepConfLists(tools.networks, { ...record, networks: [asked] }),
    )
    await holdingFound(tools, found, () =>
      memberships.length === 0
        ? step('write vethra.json', () => remember([...record.networks, asked]))
        : connectNow(tools, container, { memberships, asked, remember }),
    )
    await step('write the events', () =>
      emitConnection(tools.host, 'container-connected', { network: network.name, record }),
    )
  })
}

/** The plan of `connectContainer`. Fails as it does, and changes nothing. */
export async function planConnect(
  tools: ManageTools,
  request: ConnectRequest,
): Promise<ConnectionPlan> {
  const container = await findContainer(tools, request.container)
  const { network, ifname, memberships } = await joiningOf(tools, container, request)
  return {
    Network: network.name,
    Container: container.id,
    Namespace: tools.settings.namespace,
    Now: memberships.length > 0,
    Interfaces:
      memberships.length > 0 ? memberships.map(({ attachment }) => attachment.ifname) : [ifname],
    Networks: [...recordOf(container).networks.map(({ ref }) => ref), network.name],
    Calls: await plannedAdds(tools.host, memberships),
  }
}

interface Connecting {
  /** The one that is to be made. */
  readonly memberships: readonly Membership[]
  readonly asked: NetworkRequest
  /** Writes down which networks the container is to be in. */
  readonly remember: (networks: BundleRecord['networks']) => Promise<void>
}

async function connectNow(
  tools: ManageTools,
  container: KnownContainer,
  { memberships, asked, remember }: Connecting,
): Promise<void> {
  const { host, hosts } = tools
  const { id, names } = container
  const { networks } = recordOf(container)
  const outcome = await inSequence(async (step) => {
    const [made] = await step(
      'attach the container',
      () => attachEach(host, memberships, 'connect'),
      () => detachEach(host, memberships, { silent: true }),
    )
    // It may have died since it was found running, and its process id may be another's.
    await step('look at the container again', () => demandAlive(host, container))
    // A failure may leave a part of the hosts files written.
    const namesAsBefore = () => (names === undefined ? hosts.release(id) : hosts.acquire(names))
    await step(
      'write vethra.json',
      () => remember([...networks, asked]),
      () => all([namesAsBefore(), remember(networks)]),
    )
    await step('note that ADD has ended', async () => {
      for (const each of memberships) await handBack(host, keyOf(each))
    })
    if (made)
      await step('write the hosts files', () =>
        hosts.acquire(withNetwork(container, asked, made.result)),
      )
    const [leasing] = memberships.filter(({ list }) => isLeasing(list))
    if (leasing)
      await step('write resolv.conf', async () => {
        // What writes resolv.conf is loaded where an address was leased.
        const { tendLease } = await import('../dns/tend-lease.ts')
        await tendLease(tools, id, leasing.network)
      })
    return made ? [made] : []
  }, host.steps)
  await emitAttached(host, memberships, demandDone(outcome))
}

async function demandAlive(
  { netns }: ManageTools['host'],
  { id, home }: KnownContainer,
): Promise<void> {
  if (home === undefined || homeLife(home, await netns.look(home.netns)) !== 'gone') return
  throw netnsError(`container ${id} has ended while it was connected`)
}

function withNetwork(
  { id, record, names }: KnownContainer,
  { ref, aliases }: NetworkRequest,
  result: NonNullable<ContainerNames['networks']>[string],
): ContainerNames {
  const { name = '', hostname = '', domainname = '', extraHosts = [] } = record ?? {}
  const before = names ?? { id, name, hostname, domainname, extraHosts, networks: {} }
  return {
    ...before,
    networks: { ...before.networks, [ref]: result },
    ...(aliases.length > 0 ? { aliases: { ...before.aliases, [ref]: aliases } } : {}),
  }
}
