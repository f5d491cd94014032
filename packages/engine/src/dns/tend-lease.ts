import { orElse } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { resultOf } from '../attach/cached-list.ts'
import { readContainer } from '../container/container-state.ts'
import type { ManageTools } from '../network/tools.ts'
import { keepLeasedResolvers, type LeasedAttachment } from './keep-leased-resolvers.ts'
import { isLeasing } from './name-leased-resolvers.ts'

/** Has resolv.conf name the resolvers of the first leased attachment, if in `joined`, or the host's without any. Throws as files do. */
export async function tendLease(tools: ManageTools, id: string, joined?: string): Promise<void> {
  const { record, attachments } = await readContainer(tools, id)
  if (record === undefined) return
  const made = await Promise.all(attachments.map((each) => leasedBy(tools, each)))
  const [first] = made.flatMap((each) => each ?? [])
  if (joined !== undefined && first?.network !== joined) return
  await keepLeasedResolvers(tools, record, first)
}

async function leasedBy(
  { host }: ManageTools,
  record: AttachmentRecord,
): Promise<(LeasedAttachment & Pick<CachedAttachment, 'network'>) | undefined> {
  const { netns, ifname, network } = record
  const entry = (await host.cache.read(record)) ?? record.made
  const list = orElse(() => parseConfList(entry?.listText ?? ''), undefined)
  const result = resultOf(entry)
  if (!isLeasing(list) || result === undefined) return undefined
  return { netns, ifname, network, result }
}
