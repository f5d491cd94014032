import type { AttachmentKey } from '@vethra/cni'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'
import { isWhole } from '../attach/killed-add.ts'
import { isAlive, type LifeTools } from '../attach/life.ts'

/** The record of an attachment whose namespace lives; undefined when it does not, or nothing is recorded. */
export async function livingRecord(
  host: LifeTools & Pick<HostTools, 'records'>,
  key: AttachmentKey,
): Promise<AttachmentRecord | undefined> {
  const record = await host.records.read(key)
  return record && (await isAlive(host, record)) ? record : undefined
}

/**
 * Whether a cache entry holds all that DEL needs. Entries without a list are damaged, or of old
 * libcni: never ours.
 */
export function isUsable(entry: CachedAttachment | undefined): entry is CachedAttachment {
  return entry !== undefined && isWhole(entry)
}
