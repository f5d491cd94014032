import {
  type AttachmentKey,
  type ConfList,
  type Life,
  lifeOf,
  type NamespaceIdentity,
  present,
} from '@vethra/cni'
import { podOf, podText } from '@vethra/container'
import {
  attachmentText,
  type DesiredAttachment,
  type ObservedAttachment,
  type ObservedFault,
  refOf,
} from '@vethra/findings'
import { networksFromFiles } from '@vethra/networks'
import type { PluginWay } from '@vethra/plugins'
import type { AttachmentRecord, CachedAttachment, DamagedFile, Memory } from '@vethra/world'
import { isProven, lifeNow } from '../attach/life.ts'
import { keyOf } from '../attach/membership.ts'
import { isElsewhere } from '../container/container-home.ts'
import { netnsOfEntry } from '../container/foreign.ts'
import { attachmentReader, publishedEnds } from './desired-attachment.ts'
import { type DoctorTools, mapInTurns } from './doctor-tools.ts'
import type { NativeAttachment } from './native-effects.ts'
import { isAstray, isCachedChanged, type RecordAndEntry, waysSeen } from './record-and-entry.ts'

/** The remembered attachments, and the desired state of those that live. */
export interface SeenAttachments {
  readonly observed: readonly ObservedAttachment[]
  readonly desired: readonly DesiredAttachment[]
  readonly damaged: readonly ObservedFault[]
  /** Living attachments of ours as they were made. */
  readonly living: readonly NativeAttachment[]
  /** Those that plugins in this process made, whole or in part. */
  readonly native: readonly NativeAttachment[]
}

interface AttachmentFacts {
  readonly memory: Memory
  readonly networks: ReadonlyMap<string, ConfList>
  /** By their ids, as plugins know them: the networks that containers in DATA_STORE are to be in; undefined where nobody can tell. */
  readonly stored: ReadonlyMap<string, readonly (string | undefined)[] | undefined>
  /** By the same ids: the namespace that each was started in, where it is known. */
  readonly homes: ReadonlyMap<string, NamespaceIdentity | undefined>
  /** The texts of attachments whose interfaces on the host bear their mark. */
  readonly marks: ReadonlySet<string>
}

/** Looks at records, at cached results, and at the namespaces that they name. */
export async function observeAttachments(
  { host, clock }: DoctorTools,
  { memory, networks, stored, homes, marks }: AttachmentFacts,
): Promise<SeenAttachments> {
  const { records, cached, damaged } = memory
  const entries = new Map(cached.map((each) => [attachmentText(keyOf(each)), each]))
  const recorded = new Map(records.map((each) => [attachmentText(each), each]))
  const keys = new Map(
    [...records, ...cached.map(keyOf)].map((key) => [attachmentText(key), refOf(key)]),
  )
  const lostRecords = new Set(damaged.filter(({ of }) => of === 'record').map(nameOf))
  const { bootId } = await host.netns.look('/proc/self/ns/net')
  const read = attachmentReader(networks)
  const known = { networks, stored, homes, lostRecords, read, marks, ...present({ bootId }) }
  const seen = await mapInTurns(clock, [...keys], async ([text, key]) => {
    const each = { key, record: recorded.get(text), entry: entries.get(text) }
    if (!(await isAstray(host, each))) return observeAttachment(host, known, each)
    const names = new Set([...lostRecords, fileNameOf(key)])
    return observeAttachment(host, { ...known, lostRecords: names }, { ...each, record: undefined })
  })
  const observed = seen.map(({ attachment }) => attachment)
  const living = seen.flatMap((each) => each.living)
  return {
    observed,
    desired: seen.flatMap(({ attachment, wanted }) =>
      attachment.recorded && attachment.state === 'alive' && wanted ? [wanted] : [],
    ),
    living,
    native: living.filter(({ ways }) => ways.length > 0),
    damaged: damaged
      .filter((each) => !explained(each, observed))
      .map(({ file }) => ({ file, reason: 'its content differs from the text that was written' })),
  }
}

/** The facts that all attachments are read by. */
interface KnownToAll extends Omit<AttachmentFacts, 'memory'> {
  readonly read: ReturnType<typeof attachmentReader>
  /** The names of records that are damaged. */
  readonly lostRecords: ReadonlySet<string>
  /** The id of this boot. */
  readonly bootId?: string
}

async function observeAttachment(
  host: DoctorTools['host'],
  known: KnownToAll,
  remembered: RecordAndEntry,
) {
  const { key, record, entry } = remembered
  const isStored = known.stored.has(key.containerId)
  // What our runtime attached is recorded: a record that is not there was removed.
  const recordDamaged = !record && (isStored || known.lostRecords.has(fileNameOf(key)))
  const recorded = record !== undefined || recordDamaged
  const ours = recorded || isStored
  const ways = waysSeen(known.marks, remembered)
  const isChanged = await isCachedChanged(host, remembered)
  const told = isChanged ? { ...remembered, entry: undefined } : remembered
  const { isCached, source, plain } = readBoth(known.read, told, ways)
  const home = known.homes.get(key.containerId)
  const state = await stateOf(host, remembered, { recordDamaged, ours, home })
  const begun = record?.underWay === 'DEL' && state === 'alive'
  const remaking = record?.underWay === 'repair' && record.asked !== undefined
  const leaving = state === 'alive' ? leavingBy(known, key, record) : undefined
  const wanted = plain && isCached && (remaking || begun) ? { ...plain, cutShort: true } : plain
  const attachment = {
    ...{ ...key, recorded, recordDamaged, remembered: isCached && !leaving, ours, state },
    outdated: record !== undefined && isOutdated(record, known),
    restorable: !isCached && wanted !== undefined,
    ...(entry ? podAndNetwork(known.networks, entry, { record, ours, state }) : {}),
    ...(state === 'gone' ? {} : publishedEnds(plain, entry, ours)),
    ...present({ leaving, hostLink: plain?.hostLink }),
    netns: record?.netns ?? (entry ? netnsOfEntry(entry) : ''),
  }
  const living = state === 'alive' && recorded && source ? [{ made: source, ways: ways ?? [] }] : []
  return { attachment, wanted, living }
}

// A connect ends where vethra.json says that the container is in the network.
function leavingBy(
  known: KnownToAll,
  key: AttachmentKey,
  record: AttachmentRecord | undefined,
): 'ADD' | 'DEL' | undefined {
  const { underWay } = record ?? {}
  const isConnect = underWay === 'connect' && known.stored.has(key.containerId)
  if (!(isConnect || underWay === 'DEL') || isToBeIn(known, key)) return undefined
  return isConnect ? 'ADD' : 'DEL'
}

// A container that was prepared is to be in its networks until vethra.json says otherwise.
function isToBeIn({ stored }: KnownToAll, { containerId, network }: AttachmentKey): boolean {
  return stored.has(containerId) && (stored.get(containerId)?.includes(network) ?? true)
}

// What is cached tells, or else what is recorded.
function readBoth(
  read: KnownToAll['read'],
  { record, entry }: RecordAndEntry,
  ways: readonly PluginWay[] | undefined,
) {
  const cached = entry && read(entry, ways)
  if (cached) return { isCached: true, source: entry, plain: cached }
  const source = record?.made
  return { isCached: false, source, plain: source && read(source, ways) }
}

// Whose it is where it is a pod's, and whether its network is lost: for ours that live, and for pods.
function podAndNetwork(
  networks: KnownToAll['networks'],
  entry: CachedAttachment,
  {
    record,
    ours,
    state,
  }: Pick<RecordAndEntry, 'record'> & Pick<ObservedAttachment, 'ours' | 'state'>,
): Pick<ObservedAttachment, 'pod' | 'networkLost'> {
  const pod = ours ? undefined : podOf(entry.attachment)
  const isNeeded = record ? state === 'alive' : pod !== undefined
  return {
    ...(pod ? { pod: podText(pod) } : {}),
    ...(isNeeded && isNetworkLost(networks, entry) ? { networkLost: true } : {}),
  }
}

// Other programs' conf lists may be in folders of their own.
function isNetworkLost(
  networks: KnownToAll['networks'],
  { network, listText }: CachedAttachment,
): boolean {
  if (networks.has(network)) return false
  const former = networksFromFiles([{ file: network, text: listText }]).networks
  return former.some(({ managed }) => managed)
}

function isOutdated({ cookie, bootId }: AttachmentRecord, here: KnownToAll): boolean {
  return cookie === undefined || (bootId ?? here.bootId) !== here.bootId
}

// Without a record a path alone tells little: enough to report what is not ours, and is never changed.
async function stateOf(
  host: DoctorTools['host'],
  { record, entry }: RecordAndEntry,
  {
    recordDamaged,
    ours,
    home,
  }: Pick<ObservedAttachment, 'recordDamaged' | 'ours'> & {
    readonly home: NamespaceIdentity | undefined
  },
): Promise<Life> {
  // Another cookie is another namespace, whatever interface it has: its user can give it any.
  if (record) return lifeNow(host, record)
  if (entry === undefined) return 'unknown'
  const seen = await host.netns.look(ours ? entry.attachment.netns : netnsOfEntry(entry))
  const lost = { ...entry.attachment, network: entry.network, netnsId: '', made: entry }
  if (recordDamaged && !isElsewhere(home, seen) && (await isProven(host, lost, seen)))
    return 'alive'
  return !ours && seen.found === 'missing' ? 'gone' : lifeOf(lost, seen)
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

function nameOf({ file }: DamagedFile): string {
  return file.slice(file.lastIndexOf('/') + 1)
}

// The last part of the files that records and cached results are in.
const fileNameOf = (key: AttachmentKey) => `${key.network}-${key.containerId}-${key.ifname}`
