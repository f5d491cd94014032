import { type Network, networksFromFiles } from '@vethra/networks'
import type { ConfDir } from '@vethra/world'

/** The networks of a folder that a namespace sees, by path of their files; conf lists that cannot be read are left out. */
export async function knownNetworks(folder: Pick<ConfDir, 'list'>): Promise<readonly Network[]> {
  return networksFromFiles(await folder.list()).networks
}

/** The networks of all other namespaces, likewise. */
export async function networksOfOthers(
  folder: Pick<ConfDir, 'listOthers'>,
): Promise<readonly Network[]> {
  return networksFromFiles(await folder.listOthers()).networks
}
