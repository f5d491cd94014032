import {
  type Attachment,
  type CniError,
  type ContainerRef,
  containerIdOf,
  dashJoined,
  inUseError,
  isSameNamespace,
  type Life,
} from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { AttachmentRecord, AttachmentRecords, CachedAttachment } from '@vethra/world'
import type { HostTools } from './host-tools.ts'
import { isAlive, isProven, type LifeTools, lifeNow } from './life.ts'
import { keyOf } from './membership.ts'
import { type Remembered, rememberedOf } from './remembered.ts'

type Both = Pick<Remembered, 'cached' | 'record'>

/** The records that are of a container. One of 0.1 counts by its container id, unless others name the container elsewhere. */
export function recordsAmong(
  records: readonly AttachmentRecord[],
  ref: ContainerRef,
): readonly AttachmentRecord[] {
  const marked = records.filter(({ container }) => container && isSame(container, ref))
  const ids = possibleIds(ref)
  const old = records.filter((each) => !each.container && ids.includes(each.containerId))
  if (marked.length === 0) return old
  const beside = ({ containerId, netns }: AttachmentRecord) =>
    marked.some((each) => each.containerId === containerId && each.netns === netns)
  return [...marked, ...old.filter(beside)]
}

/** The records of a container's attachments, those of 0.1 among them. */
export async function recordsOf(
  records: Pick<AttachmentRecords, 'list'>,
  ref: ContainerRef,
): Promise<readonly AttachmentRecord[]> {
  const found = await Promise.all(possibleIds(ref).map((id) => records.list(id)))
  return recordsAmong(found.flat(), ref)
}

// That of its next attachment, and that of 0.1.
function possibleIds(ref: ContainerRef): readonly string[] {
  return [...new Set([containerIdOf(ref), dashJoined(ref)])]
}

/** As `recordsOf`, of many containers by all records there are: to list those of one reads the names of all. */
export function recordsByContainer(
  records: readonly AttachmentRecord[],
): (ref: ContainerRef) => readonly AttachmentRecord[] {
  const byId = Map.groupBy(records, ({ containerId }) => containerId)
  const named = (ref: ContainerRef) => possibleIds(ref).flatMap((id) => byId.get(id) ?? [])
  return (ref) => recordsAmong(named(ref), ref)
}

/** The `CNI_CONTAINERID` that a container is attached by; where nothing is recorded, the one of its next attachment. */
export async function attachedIdOf(
  records: Pick<AttachmentRecords, 'list'>,
  ref: ContainerRef,
): Promise<string> {
  const [first] = await recordsOf(records, ref)
  return first?.containerId ?? containerIdOf(ref)
}

/** As `attachedIdOf`, of many containers by all records there are. */
export function attachedIds(records: readonly AttachmentRecord[]): (ref: ContainerRef) => string {
  const recordsFor = recordsByContainer(records)
  return (ref) => recordsFor(ref)[0]?.containerId ?? containerIdOf(ref)
}

/** The container of a record that is to be: one without a namespace, where no container store has it. */
export function containerOf({ container, attachment }: Membership): ContainerRef {
  return container ?? { namespace: '', id: attachment.containerId }
}

/** Throws CniError 102 when a membership's names are those of the living attachment of another container. Changes nothing. */
export async function checkOthers(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<void> {
  for (const each of memberships)
    await refuseOthers(tools, each, await rememberedOf(tools, keyOf(each)))
}

/** Throws CniError 102 when a key has a living attachment in another namespace; one that was cut short does not count. */
export async function refuseOthers(
  tools: LifeTools,
  membership: Membership,
  { record, cached }: Both,
): Promise<void> {
  if ((record ?? cached) === undefined || isCutShort({ record, cached })) return
  const path = record?.netns ?? cached?.attachment.netns ?? ''
  if (await isThere(tools, path, membership.attachment.netns)) return
  const isOwn = record?.container && isSame(record.container, containerOf(membership))
  const lives = isOwn ? isAlive(tools, record) : mayLive(tools, record, cached)
  if (await lives) throw taken(membership, path, record)
}

/** Whether an ADD or a DEL has begun, and not ended. */
export function isCutShort({ record, cached }: Both): boolean {
  // A version before said of an ADD only what was asked, until it had a result.
  const { asked, underWay } = record ?? {}
  return underWay === 'DEL' || ((underWay ?? asked) !== undefined && cached === undefined)
}

/** Throws CniError 102 when a container lives in another namespace than the one at a path: in a second runtime folder. */
export async function refuseSecondLife(
  tools: HostTools,
  ref: ContainerRef,
  netns: string,
): Promise<void> {
  for (const record of await livingRecords(tools, ref)) {
    if (await isThere(tools, record.netns, netns)) continue
    const { network, ifname, containerId } = record
    throw taken({ network, attachment: { containerId, ifname } }, record.netns, record)
  }
}

/** The records of a container that name it and whose namespace is alive. */
export async function livingRecords(
  tools: HostTools,
  ref: ContainerRef,
): Promise<readonly AttachmentRecord[]> {
  const records = (await recordsOf(tools.records, ref)).filter(({ container }) => container)
  const alive = await Promise.all(records.map((each) => isAlive(tools, each)))
  return records.filter((_, index) => alive[index])
}

async function isThere({ netns }: LifeTools, path: string, own: string): Promise<boolean> {
  return isSameNamespace(await netns.look(path), await netns.look(own)) ?? path === own
}

// A record of 0.1 may be this container's own, from before: only one that certainly lives is in the way.
async function mayLive(
  tools: LifeTools,
  record: AttachmentRecord | undefined,
  cached: CachedAttachment | undefined,
): Promise<boolean> {
  if (record === undefined)
    return cached !== undefined && (await lifeOfEntry(tools, cached)) === 'alive'
  const life = await lifeNow(tools, record)
  return record.container ? life !== 'gone' : life === 'alive'
}

/** Whether an unrecorded cached attachment lives at a path: at `/proc/PID/ns/net` by the interface's MAC and addresses. */
export async function lifeOfEntry(
  tools: LifeTools,
  cached: CachedAttachment,
  netns: string = cached.attachment.netns,
): Promise<Life> {
  if (netns === '') return 'unknown'
  const seen = await tools.netns.look(netns)
  if (seen.found !== 'namespace') return seen.found === 'missing' ? 'gone' : 'unknown'
  // Some runtimes give each container a path of its own; at /proc/PID/ns/net may be another process by now.
  if (!netns.startsWith('/proc/')) return 'alive'
  const record = { ...keyOf(cached), netns, netnsId: '', made: cached }
  return (await isProven(tools, record, seen)) ? 'alive' : 'unknown'
}

/** Whether two containers are one. */
export function isSame(a: ContainerRef, b: ContainerRef): boolean {
  return a.namespace === b.namespace && a.id === b.id
}

function taken(
  given: {
    readonly network: string
    readonly attachment: Pick<Attachment, 'containerId' | 'ifname'>
  },
  path: string,
  record: AttachmentRecord | undefined,
): CniError {
  const {
    network,
    attachment: { containerId, ifname },
  } = given
  const { namespace = '', id = '' } = record?.container ?? {}
  const whose = namespace === '' ? '' : `container ${id} of namespace ${namespace}, in `
  return inUseError(
    `${containerId} is attached to network ${network} by ${ifname} already: ${whose}the network namespace ${path}, which is alive`,
    'Stop that container first, or use another container id.',
  )
}
