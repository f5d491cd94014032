import {
  defaultNetwork,
  findDefaultNetwork,
  type Network,
  type NetworkOptions,
  networkConfList,
  networkId,
  networkPlugins,
  networksFromFiles,
} from '@vethra/networks'
import { CniError } from '@vethra/spec'
import { type FactTools, factsFor, hostFacts, networksOfOthers } from './host-facts.ts'
import type { ManageTools } from './tools.ts'

/** A network that was created. */
export interface CreatedNetwork {
  readonly id: string
  /** What its maker should know. */
  readonly notes: readonly string[]
}

/**
 * Creates a network. From the reading of what is in use until the conf list is
 * written nobody else creates one, so that two never get the same subnet.
 */
export async function createNetwork(
  tools: ManageTools,
  options: NetworkOptions,
): Promise<CreatedNetwork> {
  return tools.networks.exclusively(async () => {
    const { networks } = networksFromFiles(await tools.networks.list())
    const taken = [...networks, ...(await hiddenBy(tools))].find(isNamed(options.name))
    if (taken) throw exists(taken)
    const facts = { ...(await hostFacts(tools, networks)), ...(await factsFor(tools, options)) }
    const { text, notes } = networkConfList(options, facts)
    await checkPlugins(tools, text)
    await tools.networks.create(options.name, text)
    return { id: networkId(options.name), notes: [...notes, ...(await missing(tools, options))] }
  })
}

// What namespace default makes is shared by all: another's network of the same name would stand beside it.
async function hiddenBy(tools: ManageTools): Promise<readonly Network[]> {
  return tools.settings.namespace === 'default' ? networksOfOthers(tools) : []
}

function isNamed(wanted: string): (network: Network) => boolean {
  return ({ name }) => name === wanted
}

function exists({ name, file }: Network): CniError {
  return new CniError({
    code: 102,
    message: `network with name ${name} already exists, in ${file}`,
    hint: 'Choose another name, or remove that network first with "vethra network rm".',
  })
}

// The dhcp plugin only passes on what its daemon does, which nobody starts by itself.
async function missing(
  { effects, settings }: ManageTools,
  { ipamDriver }: NetworkOptions,
): Promise<readonly string[]> {
  if (ipamDriver !== 'dhcp' || (await effects.exists('/run/cni/dhcp.sock'))) return []
  return [`no DHCP daemon runs; start it before a container: ${settings.cniPath[0]}/dhcp daemon`]
}

// nerdctl's text. Its IPAM plugin is asked for as well: every ADD would fail without it.
async function checkPlugins({ effects, settings }: ManageTools, text: string): Promise<void> {
  const [network] = networksFromFiles([{ file: 'new', text }]).networks
  for (const type of network ? networkPlugins(network) : []) {
    if (await effects.hasPlugin(type)) continue
    const path = settings.cniPath.join(':')
    throw new CniError({
      code: 100,
      message: `needs CNI plugin ${JSON.stringify(type)} to be installed in CNI_PATH (${JSON.stringify(path)})`,
      hint: `Install it (Debian: apt-get install containernetworking-plugins), or name its folder with --cni-path or CNI_PATH.`,
    })
  }
}

/** What the default network is made with. */
export interface DefaultNetworkTools extends FactTools {
  readonly networks: ManageTools['networks']
  readonly settings: Pick<ManageTools['settings'], 'addressPools' | 'bridgeIp'>
}

/**
 * Creates the default network when there is none: a network called `bridge`, or one labelled as the
 * default. Returns what its maker should know.
 */
export async function ensureDefaultNetwork(tools: DefaultNetworkTools): Promise<readonly string[]> {
  if (await hasDefault(tools)) return []
  return tools.networks.exclusively(async () => {
    // Another command may have made it while this one waited.
    if (await hasDefault(tools)) return []
    const { networks } = networksFromFiles(await tools.networks.list())
    const { text, notes } = defaultNetwork(
      await hostFacts(tools, networks),
      tools.settings.bridgeIp,
    )
    await tools.networks.create('bridge', text)
    return notes
  })
}

async function hasDefault(tools: Pick<ManageTools, 'networks'>): Promise<boolean> {
  const { networks } = networksFromFiles(await tools.networks.list())
  return findDefaultNetwork(networks) !== undefined
}
