import { isSameNamespace } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { hostEndName } from '@vethra/plugins'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { resultOf } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'
import { recordsNaming } from './life.ts'
import { withoutNetns } from './membership.ts'
import type { Remembered } from './remembered.ts'
import { hostEndOf, isReplaced, macOf } from './replaced.ts'

type Facts = Pick<HostTools, 'netns' | 'records' | 'cache' | 'kernel'>

/** A membership as DEL may reach it: without its namespace unless the attachment is there, as others may be by now. */
export async function reachable(
  tools: Facts,
  membership: Membership,
  known: Remembered,
): Promise<Membership> {
  const { cached, record, made } = known
  const { attachment } = membership
  const isOurs = record
    ? (path: string) => isRecordedAt(tools, { record, cached }, path)
    : async (path: string) => cached !== undefined && (await isSameLink(tools, cached, path))
  for (const path of [attachment.netns, record?.joined ?? '']) {
    if (path === '' || (await tools.netns.look(path)).found !== 'namespace') continue
    const there = { ...attachment, netns: path }
    const isThere =
      (await isOurs(path)) &&
      !(await isReplaced(tools.netns, there, made.result)) &&
      !(await isRenamed(tools, known, there))
    if (isThere) return { ...membership, attachment: there }
  }
  return withoutNetns(membership)
}

async function isRecordedAt(
  tools: Facts,
  { record, cached }: { readonly record: AttachmentRecord } & Pick<Remembered, 'cached'>,
  path: string,
): Promise<boolean> {
  // Where only device and inode tell, the path of then must be the one of now, too.
  const isSame = isSameNamespace(record, await tools.netns.look(path)) ?? record.netns === path
  // A namespace that others had before the container may have an interface of theirs by now.
  const isShared = cached === undefined || record.joined !== undefined
  return isSame && !(isShared && (await isTakenOver(tools, record, path)))
}

async function isTakenOver(tools: Facts, record: AttachmentRecord, netns: string) {
  for (const each of await recordsNaming(tools, { netns, ifname: record.ifname })) {
    const isOther = each.network !== record.network || each.containerId !== record.containerId
    if (isOther && (await tools.cache.read(each))) return true
  }
  return false
}

// Whether the container has renamed a veth, and has another interface of its name: programs delete what has the name.
async function isRenamed(
  { kernel }: Facts,
  known: Remembered,
  { netns, ifname }: Membership['attachment'],
): Promise<boolean> {
  const { result } = known.made
  const mac = macOf(result, ifname)?.toLowerCase()
  if (isNativeAlone(known) || mac === undefined || hostEndOf(result) === undefined) return false
  const { inside = {} } = (await (await kernel?.())?.facts({ inside: [ifname] }, netns)) ?? {}
  const found = inside[ifname]?.mac
  return found !== undefined && found !== mac
}

/** Whether no plugin of an attachment ran as a program: by its record, and by the name of its veth, which programs choose by chance. */
export function isNativeAlone({ record, made }: Pick<Remembered, 'record' | 'made'>): boolean {
  if (record?.ways?.every(({ way }) => way === 'native') !== true) return false
  const end = hostEndOf(made.result)
  const { network, containerId, ifname } = record
  return end === undefined || end === hostEndName(network, containerId, ifname)
}

// Another runtime's entry has no record beside it, and knows the namespace by its path alone.
async function isSameLink(
  { netns }: Facts,
  cached: CachedAttachment,
  path: string,
): Promise<boolean> {
  const { ifname } = cached.attachment
  const link = await netns.linkAt(path, ifname)
  const mac = macOf(resultOf(cached), ifname)
  return link === undefined || mac === undefined || link.mac === mac
}
