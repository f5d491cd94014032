import { atHome } from '@vethra/settings'
import { diskResultCache } from '@vethra/stores'
import type { CachedAttachment } from '@vethra/world'
import { homes } from './folders-here.ts'

/** The attachments in libcni's own result cache. */
export function cachedHere(): Promise<readonly CachedAttachment[]> {
  return diskResultCache({ dir: atHome(homes, '/var/lib/cni') }).list()
}
