import { isSameNamespace } from '@vethra/cni'
import type { AttachmentRecord } from '@vethra/world'
import type { HostTools } from './host-tools.ts'

/** Records of ours that name an interface of the namespace that is at a path now. */
export async function recordsNaming(
  { netns, records }: Pick<HostTools, 'netns' | 'records'>,
  wanted: { readonly netns: string; readonly ifname: string },
): Promise<readonly AttachmentRecord[]> {
  const seen = await netns.look(wanted.netns)
  const isHere = (record: AttachmentRecord) =>
    isSameNamespace(record, seen) ?? record.netnsId === seen.netnsId
  const all = await records.list()
  return all.filter((record) => record.ifname === wanted.ifname && isHere(record))
}
