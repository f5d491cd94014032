import { diskResultCache } from '@vethra/memory'
import type { CachedAttachment } from '@vethra/world'

/** The attachments in libcni's own result cache. */
export function cachedHere(): Promise<readonly CachedAttachment[]> {
  return diskResultCache({ dir: '/var/lib/cni' }).list()
}
