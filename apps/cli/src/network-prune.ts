import { parseRecord } from '@vethra/bundle'
import {
  filterNetworks,
  findDefaultNetwork,
  findNetwork,
  type Network,
  networksFromFiles,
} from '@vethra/networks'
import { CniError } from '@vethra/spec'
import type { Io } from './io.ts'
import { containersIn, removeNetworks } from './network-remove.ts'
import type { Tools } from './tools.ts'

/**
 * Removes all networks of ours that nobody uses, but the default one, and prints their names. A
 * container that is prepared or stopped uses its networks too: it could not start again. Without
 * `force` nothing happens and CniError 103 says what would go.
 */
export async function pruneNetworks(
  tools: Tools,
  flags: { readonly force: boolean; readonly filter: readonly string[] },
  io: Io,
): Promise<void> {
  const { networks } = networksFromFiles(await tools.networks.list())
  const candidates = filterNetworks(networks, flags.filter).filter(
    (network) => network.managed && network !== findDefaultNetwork(networks),
  )
  const wanted = await networksOfPrepared(tools, networks)
  const unused: string[] = []
  for (const network of candidates) {
    const used = wanted.has(network.name) || (await containersIn(tools, network.name)).length > 0
    if (!used) unused.push(network.name)
  }
  if (unused.length === 0) return
  if (!flags.force) {
    throw new CniError({
      code: 103,
      message: `this would remove the networks ${unused.join(', ')}, which no container uses`,
      hint: 'Add --force to remove them.',
    })
  }
  await removeNetworks(tools, unused, io)
}

async function networksOfPrepared(
  { containers }: Tools,
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
