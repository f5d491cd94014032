import { filterNetworks, findDefaultNetwork } from '@vethra/networks'
import { knownNetworks } from './known-networks.ts'
import { ownNetworks, usersOf, wantedNetworks } from './network-users.ts'
import type { ManageTools } from './tools.ts'

/**
 * The names of all unused networks of ours, but the default one. A container that is prepared or
 * stopped uses its networks too: it could not start again. Resources that all namespaces share are
 * removed from `default` alone.
 */
export async function unusedNetworks(
  tools: ManageTools,
  filters: readonly string[] = [],
): Promise<readonly string[]> {
  const networks = await knownNetworks(tools.networks)
  const candidates = filterNetworks(ownNetworks(tools, networks), filters).filter(
    (network) => network.managed && network !== findDefaultNetwork(networks),
  )
  const wanted = await wantedNetworks(tools, networks)
  const unused: string[] = []
  for (const network of candidates) {
    const used = wanted.has(network.name) || (await usersOf(tools, network)).length > 0
    if (!used) unused.push(network.name)
  }
  return unused
}
