import {
  type AttachmentKey,
  type ConfList,
  goField,
  jsonOrNull,
  type Life,
  lifeOf,
} from '@vethra/cni'
import { endOf, podOf, podText } from '@vethra/container'
import type { DesiredAttachment, ObservedAttachment } from '@vethra/findings'
import { networksFromFiles } from '@vethra/networks'
import type { PluginWay } from '@vethra/plugins'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { cachedList } from '../attach/cached-list.ts'
import { isProven, lifeNow } from '../attach/life.ts'
import { waysByMark } from '../attach/ways-by-mark.ts'
import { netnsOfEntry } from '../container/foreign.ts'
import { type attachmentReader, readPorts } from './desired-attachment.ts'
import type { DoctorTools } from './doctor-tools.ts'
import type { NativeAttachment } from './native-effects.ts'

/** The facts that all attachments are read by. */
interface KnownToAll {
  readonly networks: ReadonlyMap<string, ConfList>
  readonly read: ReturnType<typeof attachmentReader>
  /** Container ids, as plugins know them, of the containers in DATA_STORE. */
  readonly stored: ReadonlySet<string>
  /** The names of records that are damaged. */
  readonly lostRecords: ReadonlySet<string>
}

/** The record and the cached result of one attachment: at least one of them. */
interface Remembered {
  readonly record: AttachmentRecord | undefined
  readonly entry: CachedAttachment | undefined
}

/** An attachment that is remembered. */
export interface SeenAttachment {
  readonly attachment: ObservedAttachment
  /** Undefined where no conf list of it can be read. */
  readonly wanted: DesiredAttachment | undefined
  /** Itself where it lives, as it was made; without ways where programs alone made it. */
  readonly living: readonly NativeAttachment[]
}

/** Looks at one attachment: its record, its cached result, and the namespace that they name. */
export async function observeAttachment(
  host: DoctorTools['host'],
  known: KnownToAll,
  remembered: Remembered,
): Promise<SeenAttachment> {
  const { record, entry } = remembered
  const key = record ?? keyOfEntry(entry)
  const isStored = known.stored.has(key.containerId)
  // What our runtime attached is recorded: a record that is not there was removed.
  const recordDamaged = !record && (isStored || known.lostRecords.has(fileNameOf(key)))
  const recorded = record !== undefined || recordDamaged
  const ours = recorded || isStored
  const ways = recordDamaged && entry ? await waysByMark(host, entry) : record?.ways
  const { isCached, source, plain, wanted } = readBoth(known.read, remembered, ways)
  const { state, byInode } = await stateOf(host, { ...remembered, recordDamaged, ours })
  const leaving = record?.underWay === 'DEL' && state === 'alive'
  const attachment = {
    ...{ network: key.network, containerId: key.containerId, ifname: key.ifname },
    ...{ recorded, recordDamaged, remembered: isCached && !leaving, ours, state, byInode },
    ...(leaving ? { leaving } : {}),
    restorable: !isCached && wanted !== undefined,
    ...(entry ? podAndNetwork(known.networks, entry, { record, ours, state }) : {}),
    ...(state === 'gone' ? {} : publishedEnds(plain, entry, ours)),
    ...(wanted?.hostLink === undefined ? {} : { hostLink: wanted.hostLink }),
    netns: record?.netns ?? (entry ? netnsOfEntry(entry) : ''),
  }
  const living = state === 'alive' && recorded && source ? [{ made: source, ways: ways ?? [] }] : []
  return { attachment, wanted, living }
}

interface ReadAttachment {
  /** Whether the cached result can be read. */
  readonly isCached: boolean
  /** The text that was read: what is cached, or else what is recorded. */
  readonly source: CachedAttachment | undefined
  readonly plain: DesiredAttachment | undefined
  /** The same, cut short where an ADD was. */
  readonly wanted: DesiredAttachment | undefined
}

function readBoth(
  read: KnownToAll['read'],
  { record, entry }: Remembered,
  ways: readonly PluginWay[] | undefined,
): ReadAttachment {
  const cached = entry && read(entry, ways)
  if (cached) {
    const wanted = record?.asked ? { ...cached, cutShort: true } : cached
    return { isCached: true, source: entry, plain: cached, wanted }
  }
  const source = record?.made
  const plain = source && read(source, ways)
  return { isCached: false, source, plain, wanted: plain }
}

// Whose it is where it is a pod's, and whether its network is lost: for ours that live, and for pods.
function podAndNetwork(
  networks: KnownToAll['networks'],
  entry: CachedAttachment,
  { record, ours, state }: Pick<Remembered, 'record'> & Pick<ObservedAttachment, 'ours' | 'state'>,
): Pick<ObservedAttachment, 'pod' | 'networkLost'> {
  const pod = ours ? undefined : podOf(entry.attachment)
  const isNeeded = record ? state === 'alive' : pod !== undefined
  return {
    ...(pod ? { pod: podText(pod) } : {}),
    ...(isNeeded ? lostNetwork(networks, entry) : {}),
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
  networks: KnownToAll['networks'],
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

interface Sources extends Remembered {
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
  const lost = { ...entry.attachment, network: entry.network, netnsId: '', made: entry }
  const isThere = recordDamaged && (await isProven(host, lost, seen))
  const state = !ours && seen.found === 'missing' ? 'gone' : lifeOf(lost, seen)
  return { state: isThere ? 'alive' : state, byInode: false }
}

/** The last part of the files that records and cached results are in. */
export function fileNameOf({ network, containerId, ifname }: AttachmentKey): string {
  return `${network}-${containerId}-${ifname}`
}
