import type { DesiredAttachment, ObservedAttachment, ObservedFault } from '@vethra/model'
import { attachmentText } from '@vethra/model'
import type { AttachmentRecord, CachedAttachment } from '@vethra/plan'
import type { ConfList } from '@vethra/spec'
import { attachmentReader } from './desired-attachment.ts'
import type { DamagedFile, DoctorTools } from './doctor-tools.ts'

/** What is remembered of attachments, and what those that live should have. */
export interface SeenAttachments {
  readonly observed: readonly ObservedAttachment[]
  readonly desired: readonly DesiredAttachment[]
  readonly damaged: readonly ObservedFault[]
}

/** What attachments are looked at with. */
export interface AttachmentFacts {
  readonly networks: ReadonlyMap<string, ConfList>
  /** Container ids, as plugins know them, of the containers in DATA_STORE. */
  readonly stored: ReadonlySet<string>
}

/** Looks at records, at cached results, and at the namespaces that they name. */
export async function observeAttachments(
  { host, memory }: DoctorTools,
  { networks, stored }: AttachmentFacts,
): Promise<SeenAttachments> {
  const { records, cached, damaged } = await memory()
  const read = attachmentReader(networks)
  const made = new Map(cached.map((each) => [keyOf(each), each]))
  const recorded = new Map(records.map((each) => [attachmentText(each), each]))
  const lostRecords = new Set(damaged.filter(({ of }) => of === 'record').map(nameOf))
  const keys = [...new Set([...recorded.keys(), ...made.keys()])]
  const seen = await Promise.all(
    keys.map(async (key) => {
      const [record, entry] = [recorded.get(key), made.get(key)]
      const netns = record?.netns ?? entry?.attachment.netns ?? ''
      const now = netns === '' ? '' : await host.netns.idOf(netns)
      const cachedOne = entry && read(entry)
      const wanted = cachedOne ?? (record?.made && read(record.made))
      const remembered = cachedOne !== undefined
      return look({ record, entry, wanted, remembered, now, stored, lostRecords })
    }),
  )
  const observed = seen.map(({ attachment }) => attachment)
  return {
    observed,
    desired: seen.flatMap(({ attachment, wanted }) =>
      attachment.recorded && attachment.state === 'alive' && wanted ? [wanted] : [],
    ),
    damaged: damaged.filter((each) => !explained(each, observed)).map(({ file }) => faultOf(file)),
  }
}

interface Sources {
  readonly record: AttachmentRecord | undefined
  readonly entry: CachedAttachment | undefined
  readonly wanted: DesiredAttachment | undefined
  readonly remembered: boolean
  /** The namespace that is at the path now. */
  readonly now: string
  readonly stored: ReadonlySet<string>
  readonly lostRecords: ReadonlySet<string>
}

function look({ record, entry, wanted, remembered, now, stored, lostRecords }: Sources): {
  readonly attachment: ObservedAttachment
  readonly wanted: DesiredAttachment | undefined
} {
  const ref = record ?? { network: entry?.network ?? '', ...pick(entry) }
  const { network, containerId, ifname } = ref
  const recordDamaged = record === undefined && lostRecords.has(fileNameOf(ref))
  const recorded = record !== undefined || recordDamaged
  const attachment = {
    network,
    containerId,
    ifname,
    recorded,
    recordDamaged,
    remembered,
    restorable: !remembered && wanted !== undefined,
    ours: recorded || stored.has(containerId),
    ...(wanted?.hostLink === undefined ? {} : { hostLink: wanted.hostLink }),
    netns: record?.netns ?? entry?.attachment.netns ?? '',
    state: stateOf(record, recordDamaged, entry, now),
  }
  return { attachment, wanted }
}

function pick(entry: CachedAttachment | undefined): { containerId: string; ifname: string } {
  const { containerId = '', ifname = '' } = entry?.attachment ?? {}
  return { containerId, ifname }
}

// A path alone does not tell whether the namespace is the one of then: only that none is.
function stateOf(
  record: AttachmentRecord | undefined,
  recordDamaged: boolean,
  entry: CachedAttachment | undefined,
  now: string,
): ObservedAttachment['state'] {
  if (record) {
    if (record.netnsId === '') return 'unknown'
    if (now === '') return 'gone'
    return now === record.netnsId ? 'alive' : 'replaced'
  }
  if (entry === undefined || entry.attachment.netns === '') return 'unknown'
  if (now === '') return 'gone'
  return recordDamaged ? 'alive' : 'unknown'
}

function keyOf({ network, attachment }: CachedAttachment): string {
  return attachmentText({ network, ...attachment })
}

/** The last part of the files that records and cached results are in. */
function fileNameOf({
  network,
  containerId,
  ifname,
}: {
  readonly network: string
  readonly containerId: string
  readonly ifname: string
}): string {
  return `${network}-${containerId}-${ifname}`
}

function nameOf({ file }: DamagedFile): string {
  return file.slice(file.lastIndexOf('/') + 1)
}

// A damaged file of an attachment that something else tells of is told with it.
function explained(each: DamagedFile, observed: readonly ObservedAttachment[]): boolean {
  const name = nameOf(each)
  return observed.some(
    (one) =>
      fileNameOf(one) === name &&
      (each.of === 'record' ? one.recordDamaged : one.recorded && !one.remembered),
  )
}

function faultOf(file: string): ObservedFault {
  return { file, reason: 'what is in it is not what was written' }
}
