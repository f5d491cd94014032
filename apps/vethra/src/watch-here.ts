import { watchAll, watchHost } from '@vethra/linux/host-watch'
import { watchKernel } from '@vethra/linux/watch'
import type { HostWatch, WatchHearer } from '@vethra/world'

/** Watches folders of this host, and its kernel by netlink: for bun. */
export function watchHere(hearer: WatchHearer, folders: readonly string[]): HostWatch {
  return watchAll([watchHost({ ...hearer, folders, programs: [] }), watchKernel(hearer)])
}
