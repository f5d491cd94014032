import type { AttachmentKey, AttachmentRecord, CachedAttachment, ResultCache } from '@vethra/world'
import { cachedList, convertIfReadable } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'

/** The remembered state of one attachment. */
export interface Remembered {
  /** The cache entry: an ADD that finished. */
  readonly cached: CachedAttachment | undefined
  /** The record of our runtime. */
  readonly record: AttachmentRecord | undefined
}

/** Reads each file once: they do not change while the container's lock is held. */
export async function rememberedOf(
  { cache, records }: Pick<HostTools, 'cache' | 'records'>,
  key: AttachmentKey,
): Promise<Remembered> {
  const [cached, record] = await Promise.all([cache.read(key), records.read(key)])
  return { cached, record }
}

/**
 * The basis of a DEL: the cache entry, or the record of an ADD under way where the entry is missing
 * or damaged. Plugins such as firewall find their rules by the result alone.
 */
export function madeSoFar({ cached, record }: Remembered): CachedAttachment | undefined {
  return cached && isWhole(cached) ? cached : (record?.made ?? cached)
}

/** The cache as `madeSoFar` reads it. */
export function rememberingCache(tools: Pick<HostTools, 'cache' | 'records'>): ResultCache {
  return { ...tools.cache, read: async (key) => madeSoFar(await rememberedOf(tools, key)) }
}

/** Whether an entry is whole: its conf list and its result can be read. */
export function isWhole(entry: CachedAttachment): boolean {
  const list = cachedList(entry)
  return list !== undefined && convertIfReadable(entry.result ?? '', list) !== undefined
}

/**
 * A record without a cache entry means that an ADD did not finish. If it was killed, the plugin
 * that ran then may still be running, and would undo our undoing: waits until it has ended.
 */
export async function afterOrphans(
  { netns }: HostTools,
  { cached, record }: Remembered,
): Promise<void> {
  if (record?.nonce !== undefined && !cached)
    await netns.pluginsEnded(record.containerId, record.nonce)
}
