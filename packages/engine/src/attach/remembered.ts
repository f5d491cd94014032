import type { AttachmentKey, ConfList, Result } from '@vethra/cni'
import type { AttachmentRecord, CachedAttachment, ResultCache } from '@vethra/world'
import { cachedList, convertIfReadable, resultOf } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'

/** The input of DEL and CHECK: the cached attachment, and the conf list in it. */
export interface Made {
  /** The cache entry, or what the record of an ADD under way has in its place. */
  readonly entry: CachedAttachment | undefined
  /** The conf list of that entry; undefined where it is damaged. */
  readonly list: ConfList | undefined
  /** The result of that entry; undefined where there is none, or it is damaged. */
  readonly result: Result | undefined
}

/** One attachment as cache and record have it. */
export interface Remembered {
  /** The cache entry: an ADD that finished. */
  readonly cached: CachedAttachment | undefined
  /** The record of our runtime. */
  readonly record: AttachmentRecord | undefined
  /** The basis of its DEL. */
  readonly made: Made
}

/** The cache entry and record of an attachment, read once: they do not change under the container's lock. */
export async function rememberedOf(
  { cache, records }: Pick<HostTools, 'cache' | 'records'>,
  key: AttachmentKey,
): Promise<Remembered> {
  const [cached, record] = await Promise.all([cache.read(key), records.read(key)])
  return { cached, record, made: madeSoFar(cached, record) }
}

/** The cache, whose `read` returns what DEL goes by: the entry, or where it is missing or damaged that in the record. */
export function rememberingCache(tools: Pick<HostTools, 'cache' | 'records'>): ResultCache {
  return { ...tools.cache, read: async (key) => (await rememberedOf(tools, key)).made.entry }
}

// The record serves where the entry is missing or damaged: plugins such as firewall find their rules by the result alone.
function madeSoFar(
  cached: CachedAttachment | undefined,
  record: AttachmentRecord | undefined,
): Made {
  const read = madeOf(cached)
  return isReadable(read) || !record?.made ? read : madeOf(record.made)
}

/** An entry with its conf list and its result. */
export function madeOf(entry: CachedAttachment | undefined): Made {
  return { entry, list: entry && cachedList(entry), result: resultOf(entry) }
}

/** Whether an entry is whole: its conf list and its result can be read. Entries without a list are damaged, or of old libcni. */
export function isWhole(entry: CachedAttachment | undefined): entry is CachedAttachment {
  return isReadable(madeOf(entry))
}

function isReadable({ entry, list }: Made): boolean {
  return list !== undefined && convertIfReadable(entry?.result ?? '', list) !== undefined
}
