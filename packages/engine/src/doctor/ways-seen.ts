import type { AttachmentKey } from '@vethra/cni'
import { attachmentText, type ObservedState } from '@vethra/findings'
import { type PluginWay, waysOf } from '@vethra/plugins'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
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
