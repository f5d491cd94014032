import { filterNetworks, findDefaultNetwork } from '@vethra/networks'
import { knownNetworks } from './known-networks.ts'
import { ownNetworks, referredNetworks, usersOf } from './network-users.ts'
import type { ManageTools } from './tools.ts'

/** All unused networks of ours but the default one; prepared and stopped containers use theirs. Shared resources go from `default` alone. */
export async function unusedNetworks(
  tools: ManageTools,
  filters: readonly string[] = [],
): Promise<readonly string[]> {
  const networks = await knownNetworks(tools.networks)
  const candidates = filterNetworks(ownNetworks(tools, networks), filters).filter(
    (network) => network.managed && network !== findDefaultNetwork(networks),
  )
  const wanted = await referredNetworks(tools, networks)
  const unused: string[] = []
  for (const network of candidates) {
    const used = wanted.has(network.name) || (await usersOf(tools, network)).length > 0
    if (!used) unused.push(network.name)
  }
  return unused
}
