import {
  type AttachmentKey,
  type ConfList,
  goField,
  jsonOrNull,
  type Life,
  lifeOf,
} from '@vethra/cni'
import { endOf, podOf, podText } from '@vethra/container'
import type { DesiredAttachment, ObservedAttachment, ObservedFault } from '@vethra/findings'
import { attachmentText } from '@vethra/findings'
import { networksFromFiles } from '@vethra/networks'
import type { AttachmentRecord, CachedAttachment, DamagedFile, Memory } from '@vethra/world'
import { cachedList } from '../attach/cached-list.ts'
import { isProven, lifeNow } from '../attach/life.ts'
import { waysByMark } from '../attach/ways-by-mark.ts'
import { netnsOfEntry } from '../container/foreign.ts'
import { attachmentReader, readPorts } from './desired-attachment.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { mapInTurns } from './in-turns.ts'
import type { NativeAttachment } from './native-effects.ts'

/** The remembered attachments, and the desired state of those that live. */
export interface SeenAttachments {
  readonly observed: readonly ObservedAttachment[]
  readonly desired: readonly DesiredAttachment[]
  readonly damaged: readonly ObservedFault[]
  /** Living attachments of ours that plugins in this process made, whole or in part. */
  readonly native: readonly NativeAttachment[]
}

/** The parts that observe attachments. */
export interface AttachmentFacts {
  readonly memory: Memory
  readonly networks: ReadonlyMap<string, ConfList>
  /** Container ids, as plugins know them, of the containers in DATA_STORE. */
  readonly stored: ReadonlySet<string>
}

/** Looks at records, at cached results, and at the namespaces that they name. */
export async function observeAttachments(
  { host, clock }: DoctorTools,
  { memory, networks, stored }: AttachmentFacts,
): Promise<SeenAttachments> {
  const { records, cached, damaged } = memory
  const read = attachmentReader(networks)
  const made = new Map(cached.map((each) => [keyOf(each), each]))
  const recorded = new Map(records.map((each) => [attachmentText(each), each]))
  const lostRecords = new Set(damaged.filter(({ of }) => of === 'record').map(nameOf))
  const keys = [...new Set([...recorded.keys(), ...made.keys()])]
  const seen = await mapInTurns(clock, keys, async (key) => {
    const [record, entry] = [recorded.get(key), made.get(key)]
    const { network, containerId, ifname } = record ?? keyOfEntry(entry)
    // What our runtime attached is recorded: a record that is not there was removed.
    const recordDamaged =
      record === undefined &&
      (stored.has(containerId) || lostRecords.has(fileNameOf({ network, containerId, ifname })))
    const ways = recordDamaged && entry ? await waysByMark(host, entry) : record?.ways
    const cachedOne = entry && read(entry, ways)
    const source = cachedOne ? entry : record?.made
    const plain = cachedOne ?? (source && read(source, ways))
    const wanted = plain && cachedOne && record?.asked ? { ...plain, cutShort: true } : plain
    const ours = record !== undefined || recordDamaged || stored.has(containerId)
    const { state, byInode } = await stateOf(host, { record, entry, recordDamaged, ours })
    const remembered = cachedOne !== undefined
    const pod = entry && podOf(entry.attachment)
    const attachment = {
      ...{ network, containerId, ifname, recordDamaged, remembered, ours, state, byInode },
      recorded: record !== undefined || recordDamaged,
      restorable: !remembered && wanted !== undefined,
      ...(pod && !ours ? { pod: podText(pod) } : {}),
      ...(entry && (record ? state === 'alive' : pod && !ours) ? lostNetwork(networks, entry) : {}),
      ...(state === 'gone' ? {} : publishedEnds(plain, entry, ours)),
      ...(wanted?.hostLink === undefined ? {} : { hostLink: wanted.hostLink }),
      netns: record?.netns ?? (entry ? netnsOfEntry(entry) : ''),
    }
    const native = state === 'alive' && source && ways ? [{ made: source, ways }] : []
    return { attachment, wanted, native }
  })
  const observed = seen.map(({ attachment }) => attachment)
  return {
    observed,
    desired: seen.flatMap(({ attachment, wanted }) =>
      attachment.recorded && attachment.state === 'alive' && wanted ? [wanted] : [],
    ),
    native: seen.flatMap(({ native }) => native),
    damaged: damaged.filter((each) => !explained(each, observed)).map(({ file }) => faultOf(file)),
  }
}

// What portmap makes by nftables is in its own table, ours too where it is a program.
function publishedEnds(
  plain: DesiredAttachment | undefined,
  entry: CachedAttachment | undefined,
  ours: boolean,
): Pick<ObservedAttachment, 'published' | 'byNft'> {
  const byNft = entry && publishesByNft(entry)
  if (!plain || !entry || (ours && (!byNft || plain.inTable.includes('ports')))) return {}
  const told = readPorts(goField(entry.attachment.capabilityArgs, 'portMappings'))
  const ports = byNft ? told : plain.ports
  if (ports.length === 0) return {}
  const published = ports.map(({ protocol, hostPort, containerPort }) => ({
    ...{ protocol, hostPort },
    ends: plain.addresses.map(({ address }) => endOf(address, containerPort)),
  }))
  return { published, ...(byNft ? { byNft } : {}) }
}

// Of a thousand conf lists few say so: the others need not be parsed for it.
function publishesByNft(entry: CachedAttachment): boolean {
  if (!entry.listText.includes('nftables')) return false
  const plugins = cachedList(entry)?.plugins ?? []
  return plugins.some(
    ({ type, text }) => type === 'portmap' && goField(jsonOrNull(text), 'backend') === 'nftables',
  )
}

// Other programs' conf lists may be in folders of their own.
function lostNetwork(
  networks: AttachmentFacts['networks'],
  { network, listText }: CachedAttachment,
): Pick<ObservedAttachment, 'networkLost'> {
  if (networks.has(network)) return {}
  const former = networksFromFiles([{ file: network, text: listText }]).networks
  return former.some(({ managed }) => managed) ? { networkLost: true } : {}
}

function keyOfEntry(entry: CachedAttachment | undefined): AttachmentKey {
  const { containerId = '', ifname = '' } = entry?.attachment ?? {}
  return { network: entry?.network ?? '', containerId, ifname }
}

interface Sources {
  readonly record: AttachmentRecord | undefined
  readonly entry: CachedAttachment | undefined
  readonly recordDamaged: boolean
  readonly ours: boolean
}

interface Seen {
  readonly state: Life
  /** Whether its record names its namespace by an inode alone. */
  readonly byInode: boolean
}

// Without a record a path alone tells little: enough to report what is not ours, and is never changed.
async function stateOf(
  host: DoctorTools['host'],
  { record, entry, recordDamaged, ours }: Sources,
): Promise<Seen> {
  // Another boot, or another cookie, is another namespace, whatever interface it has: its user can give it any.
  if (record) return { state: await lifeNow(host, record), byInode: record.cookie === undefined }
  if (entry === undefined) return { state: 'unknown', byInode: false }
  const netns = ours ? entry.attachment.netns : netnsOfEntry(entry)
  const seen = await host.netns.look(netns)
  const lost = { ...entry.attachment, network: entry.network, netnsId: '' }
  const isThere = recordDamaged && (await isProven(host, lost, seen))
  const state = !ours && seen.found === 'missing' ? 'gone' : lifeOf(lost, seen)
  return { state: isThere ? 'alive' : state, byInode: false }
}

function keyOf({ network, attachment }: CachedAttachment): string {
  return attachmentText({ network, ...attachment })
}

/** The last part of the files that records and cached results are in. */
function fileNameOf({ network, containerId, ifname }: AttachmentKey): string {
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
  return { file, reason: 'its content differs from the text that was written' }
}
