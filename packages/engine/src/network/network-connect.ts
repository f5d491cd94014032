import { CniError, containerIdOf } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import {
  type BundleRecord,
  checkRequest,
  membershipsOf,
  type NetworkRequest,
  renderRecord,
} from '@vethra/container'
import { type ContainerNames, checkHostname } from '@vethra/names'
import { checkWishes, findNetwork, type Network, networksFromFiles } from '@vethra/networks'
import { detachEach } from '../attach/detach-each.ts'
import { holdingContainer } from '../attach/holding-container.ts'
import { attachEach, openDoor } from '../attach/on-host.ts'
import { all, demandDone, inSequence } from '../attach/sequence.ts'
import { homeLife } from '../container/container-home.ts'
import { changeContainer, recordOf } from '../container/container-record.ts'
import { demandSeen, type KnownContainer } from '../container/container-state.ts'
import { isToPublish } from '../container/published-ports.ts'
import { tellAttached, tellConnection } from '../tell.ts'
import type { ManageTools } from './tools.ts'
import { wholeNetworks } from './wanted-networks.ts'

/** How a container is to be in a network. */
export interface ConnectOptions {
  readonly ip?: string
  readonly ip6?: string
  readonly macAddress?: string
  readonly alias: readonly string[]
}

/** A network and a container, by name, id or the beginning of an id. */
export interface NetworkAndContainer {
  readonly network: string
  readonly container: string
}

/**
 * Connects a container to one more network: at once when it runs, with a new interface and its names in
 * the hosts files, and at each of its starts from now on. Undone when something fails. Throws CniError
 * 102 when it is in that network already, or was not made by `bundle prepare`.
 */
export async function connectContainer(
  tools: ManageTools,
  refs: NetworkAndContainer,
  options: ConnectOptions,
): Promise<void> {
  await changeContainer(tools, refs.container, async (container) => {
    const record = recordOf(container)
    const network = await networkOf(tools, refs.network)
    const asked = requestOf(tools, network, record, options)
    checkWishes(network, asked)
    if (record.networks.some((each) => isSame(network, each.ref)))
      throw connectedAlready(network, container)
    const containerId = pluginId(tools, container)
    const ifname = `eth${record.networks.length}`
    await tools.host.cache.check({ network: network.name, containerId, ifname })
    const remember = (networks: BundleRecord['networks']) =>
      tools.containers.write(container.id, 'vethra.json', renderRecord({ ...record, networks }))
    demandSeen(container)
    if (container.state !== 'running') await remember([...record.networks, asked])
    else {
      const memberships = await membershipsIn(tools, container, network, asked)
      await openDoor(tools.host, memberships)
      await holdingContainer(tools.host, memberships, () =>
        connectNow(tools, container, { memberships, asked, remember }),
      )
    }
    await tellConnection(tools.host, 'container-connected', {
      Network: network.name,
      Container: container.id,
      Name: record.name,
      Namespace: tools.settings.namespace,
    })
  })
}

interface Connecting {
  /** The one that is to be made. */
  readonly memberships: readonly Membership[]
  readonly asked: NetworkRequest
  /** Writes down which networks the container is to be in. */
  readonly remember: (networks: BundleRecord['networks']) => Promise<void>
}

async function connectNow(
  { host, hosts }: ManageTools,
  container: KnownContainer,
  { memberships, asked, remember }: Connecting,
): Promise<void> {
  const { id, names } = container
  const { networks } = recordOf(container)
  const outcome = await inSequence(async (step) => {
    const [made] = await step(
      'attach the container',
      () => attachEach(host, memberships),
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
    if (made)
      await step('write the hosts files', () =>
        hosts.acquire(withNetwork(container, asked, made.result)),
      )
    return made ? [made] : []
  }, host.steps)
  await tellAttached(host, memberships, demandDone(outcome))
}

async function demandAlive(
  { netns }: ManageTools['host'],
  { id, home }: KnownContainer,
): Promise<void> {
  if (home === undefined || homeLife(home, await netns.look(home.netns)) !== 'gone') return
  throw new CniError({ code: 8, message: `container ${id} has ended while it was connected` })
}

/** The network that a name or id means. Throws CniError 101. */
async function networkOf(tools: ManageTools, ref: string): Promise<Network> {
  const { networks } = networksFromFiles(await tools.networks.list())
  const network = findNetwork(networks, ref)
  if (network) return network
  throw new CniError({
    code: 101,
    message: `no such network: ${JSON.stringify(ref)}`,
    hint: 'List the networks with "vethra network ls".',
  })
}

/** Whether a reference, as a user typed it, means this network. */
function isSame({ name, id = '' }: Network, ref: string): boolean {
  return ref === name || (id !== '' && (ref === id || ref === id.slice(0, 12)))
}

function requestOf(
  tools: ManageTools,
  { name }: Network,
  record: BundleRecord,
  { ip, ip6, macAddress, alias }: ConnectOptions,
): NetworkRequest {
  for (const each of alias) checkHostname(each)
  const asked = {
    ref: name,
    ...(ip === undefined ? {} : { ip }),
    ...(ip6 === undefined ? {} : { ip6 }),
    ...(macAddress === undefined ? {} : { macAddress }),
    aliases: alias,
  }
  const { namespace } = tools.settings
  const rest = { ports: [], extraHosts: [], aliases: [], dns: {} }
  checkRequest({ ...rest, id: record.id, namespace, networks: [asked] })
  return asked
}

async function membershipsIn(
  tools: ManageTools,
  container: KnownContainer,
  network: Network,
  asked: NetworkRequest,
): Promise<readonly Membership[]> {
  const { id, record, attachments, netns } = container
  const wanted = await wholeNetworks(tools.networks, [network], [asked])
  const [{ list } = {}] = wanted
  const { ports = [], hostname = '' } = record ?? {}
  const publishes = ports.length > 0 && list && (await isToPublish(tools, container, list))
  const joining = {
    container: { namespace: tools.settings.namespace, id },
    containerId: pluginId(tools, { id, attachments }),
    netns,
    joined: attachments[0]?.joined,
    hostname,
    ports: publishes ? ports : [],
    taken: attachments.map(({ ifname }) => ifname),
  }
  return membershipsOf(joining, wanted)
}

// A container that 0.1 attached keeps the id that it has.
function pluginId(
  { settings }: ManageTools,
  { id, attachments }: Pick<KnownContainer, 'id' | 'attachments'>,
): string {
  return attachments[0]?.containerId ?? containerIdOf({ namespace: settings.namespace, id })
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

function connectedAlready({ name }: Network, { id }: KnownContainer): CniError {
  return new CniError({
    code: 102,
    message: `container ${id} is connected to network ${name} already`,
    hint: `Disconnect it first: vethra network disconnect ${name} ${id}`,
  })
}
