import type { AttachmentKey, AttachmentRecord, CachedAttachment, HostTools } from '@vethra/plan'

/** Whether a namespace is still the one that was recorded. */
export async function isAlive(
  { netns }: Pick<HostTools, 'netns'>,
  record: AttachmentRecord,
): Promise<boolean> {
  return record.netnsId !== '' && (await netns.idOf(record.netns)) === record.netnsId
}

/** The record of an attachment whose namespace lives; undefined when it does not, or nothing is recorded. */
export async function livingRecord(
  host: Pick<HostTools, 'netns' | 'records'>,
  key: AttachmentKey,
): Promise<AttachmentRecord | undefined> {
  const record = await host.records.read(key)
  return record && (await isAlive(host, record)) ? record : undefined
}

/** Whether a cached attachment tells how it was made. Entries without a list are damaged, or of old libcni: never ours. */
export function isUsable(entry: CachedAttachment | undefined): entry is CachedAttachment {
  return entry !== undefined && entry.listText !== '' && entry.result !== undefined
}
