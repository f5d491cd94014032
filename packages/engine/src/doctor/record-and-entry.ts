import type { AttachmentKey } from '@vethra/cni'
import { attachmentText, type ObservedState } from '@vethra/findings'
import { type PluginWay, waysOf } from '@vethra/plugins'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { isProven, type LifeTools, lifeNow } from '../attach/life.ts'
import { madeOf } from '../attach/remembered.ts'

/** The record and the cached result of one attachment: at least one of them. */
export interface RecordAndEntry {
  readonly key: AttachmentKey
  readonly record: AttachmentRecord | undefined
  readonly entry: CachedAttachment | undefined
}

/** The texts of the attachments whose interface on the host bears their mark. */
export function marksOf(links: ObservedState['links']): ReadonlySet<string> {
  return new Set(
    links.flatMap(({ owner }) => (owner?.kind === 'attachment' ? [attachmentText(owner)] : [])),
  )
}

/**
 * The ways of an attachment: as recorded, unless its interface bears the mark that plugins of ours alone give, and the
 * record names programs, or is lost. Undefined for programs.
 */
export function waysSeen(
  marks: ReadonlySet<string>,
  { key, record, entry }: RecordAndEntry,
): readonly PluginWay[] | undefined {
  if (record?.ways?.[0]?.way === 'native' || !marks.has(attachmentText(key))) return record?.ways
  const { list } = madeOf(entry ?? record?.made)
  return list ? waysOf(list, 'native') : record?.ways
}

/**
 * Whether the cached result of an attachment was changed since its ADD, by the interface inside. It was written with the
 * result in the record, which the cache may have in other lines: where both say the same, no namespace is asked.
 */
export async function isCachedChanged(
  tools: LifeTools,
  { record, entry }: RecordAndEntry,
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
  { record, entry }: RecordAndEntry,
): Promise<boolean> {
  if (!record || !entry || record.netns === entry.attachment.netns) return false
  return (await lifeNow(tools, record)) === 'unknown'
}

function bare(result = ''): string {
  return result.replaceAll(/\s+/g, '')
}
