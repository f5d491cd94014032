import type { BundleRecord } from '@vethra/container'
import { findNetwork, networksFromFiles } from '@vethra/networks'
import type { ConfDir } from '@vethra/world'

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
