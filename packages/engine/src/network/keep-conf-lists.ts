import type { BundleRecord } from '@vethra/container'
import { findNetwork, networksFromFiles } from '@vethra/networks'
import type { ConfDir } from '@vethra/world'

/**
 * Keeps copies of the conf lists of a container's networks, ours and nerdctl's: `nerdctl network prune` removes a network that
 * only prepared or stopped containers of ours use. A transient container is never started again: none is kept for it.
 */
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
