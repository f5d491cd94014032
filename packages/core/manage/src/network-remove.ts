import { guards } from '@vethra/lock'
import { networkLeftovers, sharedLeftovers } from '@vethra/model'
import {
  bridgeName,
  type Network,
  networkBridge,
  networkPlugins,
  networksFromFiles,
} from '@vethra/networks'
import { CniError } from '@vethra/spec'
import { networksNotFound, oneNetwork } from './one-network.ts'
import type { ManageTools } from './tools.ts'

/**
 * Removes networks in the order given, each with its bridge, rules and reservations. All are looked up and checked before the first one goes. Throws CniError 101 for a
 * network that is not there, 102 for one that is in use or not ours.
 */
export async function removeNetworks(tools: ManageTools, refs: readonly string[]): Promise<void> {
  await tools.networks.exclusively(async () => {
    const { networks } = networksFromFiles(await tools.networks.list())
    const found = refs.map((ref) => oneNetwork(networks, ref))
    const missing = refs.filter((_, index) => found[index] === undefined)
    if (missing.length > 0) throw networksNotFound(missing)
    const doomed = [...new Set(found.flatMap((network) => network ?? []))]
    for (const network of doomed) await checkRemovable(tools, network)
    for (const [index, network] of doomed.entries()) {
      await removeNetwork(
        tools,
        network,
        networks.filter((each) => !doomed.slice(0, index + 1).includes(each)),
      )
    }
  })
}

async function checkRemovable(tools: ManageTools, network: Network): Promise<void> {
  const { name, file, managed } = network
  if (!managed) {
    throw new CniError({
      code: 102,
      message: `network ${JSON.stringify(name)} is managed outside vethra and cannot be removed`,
      hint: `Remove it with what made it, or delete ${file} yourself.`,
    })
  }
  const users = await containersIn(tools, name)
  if (users.length === 0) return
  throw new CniError({
    code: 102,
    message: `network ${JSON.stringify(name)} is in use by container ${JSON.stringify(users)}`,
    hint: 'Stop and delete these containers, then "vethra bundle rm" them; what "vethra cni add" attached goes with "vethra cni del".',
  })
}

/** The containers in a network, by the ids that plugins know: attached, or with a reservation; sorted. */
export async function containersIn(
  { host, ipam }: ManageTools,
  network: string,
): Promise<readonly string[]> {
  const attached = (await host.cache.list()).filter((entry) => entry.network === network)
  const reserved = await ipam.list(network)
  const ids = [
    ...attached.map(({ attachment }) => attachment.containerId),
    ...reserved.map(({ containerId }) => containerId),
  ]
  return [...new Set(ids)].sort()
}

// The conf list goes last: killed anywhere before, the network is still there to be removed again.
async function removeNetwork(
  tools: ManageTools,
  network: Network,
  others: readonly Network[],
): Promise<void> {
  // Only a bridge of the name that we give is ours: a file may say anything.
  const bridge = networkBridge(network)
  if (bridge !== undefined && bridge === bridgeName(network.name)) {
    await removeRules(tools, (text) => networkLeftovers(text, bridge))
    await tools.effects.deleteLink(bridge)
  }
  if (!others.some(usesSharedChains)) {
    const { lock, places } = tools.host
    await lock.hold(guards['shared-chains'](places), () => removeRules(tools, sharedLeftovers))
  }
  await tools.ipam.removeNetwork(network.name)
  await tools.networks.remove(network.file)
}

function usesSharedChains(network: Network): boolean {
  return networkPlugins(network).some((type) => type === 'portmap' || type === 'firewall')
}

async function removeRules(
  { host }: ManageTools,
  removal: (saved: string) => string,
): Promise<void> {
  for (const { family, text } of await host.rules.save()) {
    const taken = removal(text)
    if (taken !== '') await host.rules.restore(family, taken)
  }
}
