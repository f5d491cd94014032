import type { AttachmentRecord } from './attachment-records.ts'
import type { HostTools } from './on-host.ts'
import type { AttachmentKey, CachedAttachment } from './result-cache.ts'

/** What is remembered of one attachment. */
export interface Remembered {
  /** By the cache: an ADD that came to its end. */
  readonly cached: CachedAttachment | undefined
  /** Where nothing is cached, what was recorded of an ADD that was cut short. */
  readonly record: AttachmentRecord | undefined
}

/** Reads each file once: nobody changes them while the container's lock is held. */
export async function rememberedOf(
  { cache, records }: HostTools,
  key: AttachmentKey,
): Promise<Remembered> {
  const cached = await cache.read(key)
  return { cached, record: cached ? undefined : await records.read(key) }
}

/** What a DEL goes by: what a killed ADD had made so far, too, for plugins such as firewall find their rules by the result alone. */
export function madeSoFar({ cached, record }: Remembered): CachedAttachment | undefined {
  return cached ?? record?.made
}

/**
 * A record without a cache entry means that an ADD did not come to its end. If it was killed, the plugin that
 * ran then may still be running, and would undo our undoing: waits until it has ended.
 */
export async function afterOrphans({ netns }: HostTools, { record }: Remembered): Promise<void> {
  if (record?.nonce !== undefined) await netns.pluginsEnded(record.containerId, record.nonce)
}
