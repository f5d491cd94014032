import type { BundleRecord } from '@vethra/container'
import { findNetwork, type Network, networksFromFiles } from '@vethra/networks'
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

/** Copies the conf lists of a container's networks, which `nerdctl network prune` may remove; none for a transient container. */
export async function keepConfLists(
  folder: Pick<ConfDir, 'list' | 'keep'>,
  { mode, networks, transient }: Pick<BundleRecord, 'mode' | 'networks' | 'transient'>,
): Promise<void> {
  if (mode !== 'cni' || transient) return
  const files = await folder.list()
  const known = networksFromFiles(files).networks
  for (const { ref } of networks) {
    const { file, managed } = findNetwork(known, ref) ?? {}
    const text = files.find((each) => each.file === file)?.text
    if (managed && file !== undefined && text !== undefined) await folder.keep(file, text)
  }
}
