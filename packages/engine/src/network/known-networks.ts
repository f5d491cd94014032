import { type Network, networksFromFiles } from '@vethra/networks'
import type { ManageTools } from './tools.ts'

/** The networks that a namespace sees, without conf lists that cannot be read. */
export async function knownNetworks({
  networks,
}: {
  readonly networks: Pick<ManageTools['networks'], 'list'>
}): Promise<readonly Network[]> {
  return networksFromFiles(await networks.list()).networks
}
