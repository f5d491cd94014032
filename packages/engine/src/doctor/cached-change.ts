import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { isProven, type LifeTools, lifeNow } from '../attach/life.ts'

/**
 * Whether the cached result of an attachment was changed since its ADD, by the interface inside. It was written with the
 * result in the record, which the cache may have in other lines: where both say the same, no namespace is asked.
 */
export async function isCachedChanged(
  tools: LifeTools,
  record: AttachmentRecord | undefined,
  entry: CachedAttachment | undefined,
): Promise<boolean> {
  if (!entry || !record?.made || bare(entry.result) === bare(record.made.result)) return false
  const seen = await tools.netns.look(record.netns)
  const by = (made: CachedAttachment) =>
    isProven({ ...tools, cache: { read: async () => made } }, record, seen)
  return (await by(record.made)) && !(await by(entry))
}

/** Whether a record names another path than ADD had, where its namespace is not: it is as good as damaged. */
export async function isAstray(
  tools: LifeTools,
  record: AttachmentRecord | undefined,
  entry: CachedAttachment | undefined,
): Promise<boolean> {
  if (!record || !entry || record.netns === entry.attachment.netns) return false
  return (await lifeNow(tools, record)) === 'unknown'
}

function bare(result = ''): string {
  return result.replaceAll(/\s+/g, '')
}
