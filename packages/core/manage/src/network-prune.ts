import { parseRecord } from '@vethra/bundle'
import {
  filterNetworks,
  findDefaultNetwork,
  findNetwork,
  type Network,
  networksFromFiles,
} from '@vethra/networks'
import { containersIn } from './network-remove.ts'
import type { ManageTools } from './tools.ts'

/**
 * The names of all networks of ours that nobody uses, but the default one. A container that is
 * prepared or stopped uses its networks too: it could not start again.
 */
export async function unusedNetworks(
  tools: ManageTools,
  filters: readonly string[] = [],
): Promise<readonly string[]> {
  const { networks } = networksFromFiles(await tools.networks.list())
  const candidates = filterNetworks(networks, filters).filter(
    (network) => network.managed && network !== findDefaultNetwork(networks),
  )
  const wanted = await networksOfPrepared(tools, networks)
  const unused: string[] = []
  for (const network of candidates) {
    const used = wanted.has(network.name) || (await containersIn(tools, network.name)).length > 0
    if (!used) unused.push(network.name)
  }
  return unused
}

async function networksOfPrepared(
  { containers }: ManageTools,
  networks: readonly Network[],
): Promise<ReadonlySet<string>> {
  const names: string[] = []
  for (const id of await containers.list()) {
    const file = await containers.read(id, 'vethra.json')
    const asked = file === undefined ? [] : parseRecord(file).networks
    names.push(...asked.flatMap(({ ref }) => findNetwork(networks, ref)?.name ?? []))
  }
  return new Set(names)
}
