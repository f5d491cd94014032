import type { JsonObject } from '@vethra/cni'
import { takesPorts } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'
import { cachedList } from './cached-list.ts'

/** The port mappings that an attachment publishes, as ADD got them; empty where its network takes none. */
export function portsOf(made: CachedAttachment): readonly JsonObject[] {
  const list = cachedList(made)
  const mappings = made.attachment.capabilityArgs['portMappings']
  return list && takesPorts(list) && Array.isArray(mappings)
    ? (mappings as readonly JsonObject[])
    : []
}
