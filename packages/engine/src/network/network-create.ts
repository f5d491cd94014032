import {
  type CniError,
  installHint,
  inUseError,
  noProgramError,
  notFoundError,
  usageError,
} from '@vethra/cni'
import {
  defaultNetwork,
  findDefaultNetwork,
  type Network,
  type NetworkOptions,
  type NewConfList,
  networkConfList,
  networkId,
  networkParent,
  networksFromFiles,
} from '@vethra/networks'
import { networkFeatures } from '@vethra/plugins'
import { featureHint, lackedFeatures } from '@vethra/state'
import { dhcpSocket, startingDhcp } from '../attach/demand-dhcp.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { programsOf } from '../attach/ways-now.ts'
import { emitNetwork } from '../emit-events.ts'
import {
  type FactTools,
  factsFor,
  readNeighbours,
  readSurroundings,
  type Surroundings,
} from './host-facts.ts'
import { knownNetworks } from './known-networks.ts'
import type { ManageTools } from './tools.ts'

/** A network that was created. */
export interface CreatedNetwork {
  readonly id: string
  /** Notes for its maker. */
  readonly notes: readonly string[]
}

/** A network that is to be created, and nothing of it is there yet. */
export interface PlannedNetwork extends CreatedNetwork {
  readonly name: string
  /** The path of the conf list. */
  readonly file: string
  /** The text of the conf list. */
  readonly text: string
  /** The network that the text defines. */
  readonly network: Network
}

/** Creates a network, under the lock from reading subnets in use to the conf list: no two get the same subnet. A refusal leaves no lock file. */
export async function createNetwork(
  tools: ManageTools,
  options: NetworkOptions,
): Promise<CreatedNetwork> {
  const around = await readSurroundings(tools)
  await planAmong(tools, options, around)
  return tools.networks.exclusively(async () => {
    const now = { ...around, ...(await readNeighbours(tools)) }
    const planned = await planAmong(tools, options, now)
    await tools.networks.create(planned.name, planned.text)
    await emitNetwork(tools.host, 'network-created', planned.name)
    return planned
  })
}

/** The network that `createNetwork` would make now. Fails as it does, and changes nothing. */
export async function planNetwork(
  tools: ManageTools,
  options: NetworkOptions,
): Promise<PlannedNetwork> {
  return planAmong(tools, options, await readSurroundings(tools))
}

/** The network that `createNetwork` would make in these surroundings. */
export async function planAmong(
  tools: ManageTools,
  options: NetworkOptions,
  { networks, others, facts, features }: Surroundings,
): Promise<PlannedNetwork> {
  const { name } = options
  // What namespace default makes is shared by all: another's network of the same name would stand beside it.
  const visible = tools.settings.namespace === 'default' ? [...networks, ...others] : networks
  const taken = visible.find((each) => each.name === name)
  if (taken) throw exists(taken)
  const more = await factsFor(tools, options, others)
  const { text, notes } = networkConfList(options, { ...facts, ...more })
  const file = tools.networks.fileOf(name)
  const network = readBack(file, text)
  const parentNotes = await checkParent(tools, network)
  await checkPlugins(tools, programsOf(tools.host, network.list))
  const lacks = lackNotes(features, network)
  const missed = await missing(tools, options)
  const all = [...notes, ...parentNotes, ...lacks, ...missed]
  return { id: networkId(name), name, file, text, network, notes: all }
}

function readBack(file: string, text: string): Network {
  const { networks, faults } = networksFromFiles([{ file, text }])
  const [network] = networks
  if (network === undefined) throw faults[0]
  return network
}

function exists({ name, file, managed }: Network): CniError {
  const removal = managed ? `that network first with "vethra network rm ${name}"` : file
  return inUseError(
    `network with name ${name} already exists, in ${file}`,
    `Choose another name, or remove ${removal}.`,
  )
}

// The kernel may get it later: by a package of modules, or by the next boot.
function lackNotes(features: Surroundings['features'], { list }: Network): readonly string[] {
  const lacked = lackedFeatures(features, networkFeatures(list))
  return lacked.map(
    ({ name, blockedBy }) =>
      `the kernel of this host lacks ${name}: no container can be attached. ${featureHint(name, blockedBy)}`,
  )
}

// The dhcp plugin only passes on what its daemon does, which nobody starts by itself.
async function missing(
  { effects, settings }: ManageTools,
  { ipamDriver }: NetworkOptions,
): Promise<readonly string[]> {
  if (ipamDriver !== 'dhcp' || (await effects.isListening(dhcpSocket))) return []
  return [`no DHCP daemon answers at ${dhcpSocket}. ${startingDhcp(settings.cniPath[0] ?? '')}`]
}

// nerdctl's text. Its IPAM plugin is asked for as well: every ADD would fail without it.
async function checkPlugins(
  { effects, settings }: ManageTools,
  types: readonly string[],
): Promise<void> {
  for (const type of types) {
    if (await effects.hasPlugin(type)) continue
    const path = settings.cniPath.join(':')
    throw noProgramError(
      `needs CNI plugin ${JSON.stringify(type)} to be installed in CNI_PATH (${JSON.stringify(path)})`,
      installHint(type),
    )
  }
}

interface DefaultNetworkTools extends FactTools {
  readonly networks: ManageTools['networks']
  readonly host: FactTools['host'] & Pick<HostTools, 'events'>
  readonly settings: Pick<ManageTools['settings'], 'addressPools' | 'bridgeIp'>
}

/** Creates the default network unless one is called `bridge` or labelled as such. Returns notes for its maker. */
export async function ensureDefaultNetwork(tools: DefaultNetworkTools): Promise<readonly string[]> {
  if (await hasDefault(tools)) return []
  return tools.networks.exclusively(async () => {
    // Another command may have made it while this one waited.
    if (await hasDefault(tools)) return []
    const { text, notes } = await newDefault(tools)
    await tools.networks.create('bridge', text)
    await emitNetwork(tools.host, 'network-created', 'bridge')
    return notes
  })
}

/** The default network as it would be created now, to check against it what is asked of it. */
export async function plannedDefaultNetwork(tools: DefaultNetworkTools): Promise<Network> {
  const { text } = await newDefault(tools)
  return readBack('new', text)
}

async function newDefault(tools: DefaultNetworkTools): Promise<NewConfList> {
  const { facts } = await readSurroundings(tools)
  return defaultNetwork(facts, tools.settings.bridgeIp)
}

async function hasDefault(tools: Pick<ManageTools, 'networks'>): Promise<boolean> {
  return findDefaultNetwork(await knownNetworks(tools.networks)) !== undefined
}

async function checkParent(
  { effects }: Pick<ManageTools, 'effects'>,
  network: Network,
): Promise<readonly string[]> {
  const parent = networkParent(network)
  if (parent === undefined) return []
  const device = parent.device || (await effects.defaultRoute())?.device
  if (device === undefined)
    return ['the host has no default route now: containers cannot start without one, or a parent']
  const link = await effects.findLink(device)
  if (link === undefined)
    throw notFoundError(
      `parent ${JSON.stringify(device)} is not an interface of this host`,
      'List the interfaces with "ip link", and give one of them as -o parent=DEVICE.',
    )
  if (link.loopback) throw wrong(`parent ${device} is a loopback interface`)
  // An ipvlan may have more (ipvlan_link_new in the kernel); the macvlan plugin refuses it.
  if (network.list.plugins[0]?.type === 'macvlan' && parent.mtu > link.mtu)
    throw wrong(`mtu ${parent.mtu} is more than that of parent ${device}: ${link.mtu}`)
  return []
}

function wrong(message: string): CniError {
  return usageError(message, 'Give another interface with -o parent=DEVICE, or another mtu.')
}
