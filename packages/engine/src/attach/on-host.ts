import {
  CniError,
  type ConfList,
  checkPlainIfname,
  identityOf,
  isSameNamespace,
  netnsError,
  type ParsedResult,
  unknownNetwork,
} from '@vethra/cni'
import { parseConfFile } from '@vethra/conflist'
import type { Membership } from '@vethra/container'
import type { PluginWay } from '@vethra/plugins'
import type { AttachmentRecord } from '@vethra/world'
import { cacheEntry } from './add-plugins.ts'
import { addRecorded, checkAttachable, checkNames } from './attach.ts'
import { checkFree, checkInterfaces, undoLeft } from './check-interfaces.ts'
import { containerOf, isCutShort, refuseOthers } from './container-records.ts'
import { demandDhcp } from './demand-dhcp.ts'
import type { DetachOptions } from './detach-each.ts'
import { holdingNetworks } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { atNetns, keyOf, withoutNetns } from './membership.ts'
import { rememberedOf } from './remembered.ts'
import { all, demandDone, inSequence } from './sequence.ts'
import { bearing } from './take-over.ts'
import { waysNow } from './ways-now.ts'

/** Checks before attaching, without the lock; ADDs cut short in the way are undone. Throws CniError 8 or 102 for others' interfaces. */
export async function clearInterfaces(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<void> {
  for (const { network, attachment } of memberships) checkNames(network, attachment)
  const wanted = memberships.map(({ attachment, container }) => ({ ...attachment, container }))
  await undoLeft(tools, await checkInterfaces(tools, wanted), memberships)
}

/**
 * Attaches one container to networks, one after the other in the order given (SPEC 1.1.0, section
 * 2: no two operations on one container in parallel), and returns the results in that order. Its
 * lock is held, and `clearInterfaces` has been called. The rest of an earlier life of the same container is removed
 * first. On failure everything is undone; CniError has the first failure first. Callers tell of it when all that belongs
 * to the operation has succeeded. `underWay`: the operation that it is a part of, which its caller ends by `handBack`.
 * Default: it is one of its own.
 */
export async function attachEach(
  tools: HostTools,
  memberships: readonly Membership[],
  underWay: 'ADD' | 'connect' = 'ADD',
): Promise<readonly ParsedResult[]> {
  const outcome = await inSequence(async (step) => {
    for (const { attachment } of memberships) await checkFree(tools, attachment)
    const results: ParsedResult[] = []
    for (const membership of memberships) {
      const { network } = membership
      await step(`remove what is left in ${network}`, () => removeStale(tools, membership))
      const undo = () => detach(tools, membership, { silent: true })
      const made = await step(
        `ADD of ${network}`,
        () => attachOne(tools, membership, underWay),
        undo,
      )
      await step('look at the namespace again', () => demandUnchanged(tools, made.record))
      results.push(made.result)
    }
    await step('flush records and cache', () => all([tools.records.flush(), tools.cache.flush()]))
    return results
  }, tools.steps)
  return demandDone(outcome)
}

interface Attached {
  readonly result: ParsedResult
  /** As its ADD began. */
  readonly record: AttachmentRecord
}

// A failure has been undone.
async function attachOne(
  tools: HostTools,
  membership: Membership,
  underWay: 'ADD' | 'connect',
): Promise<Attached> {
  const { network, list, attachment } = membership
  if (list === undefined) throw unknownNetwork(network)
  await checkAttachable(tools.cache, list, attachment)
  await demandDhcp(tools, list)
  const ways = waysNow(tools, list)
  if (ways.some(({ way }) => way === 'native')) checkPlainIfname(attachment.ifname)
  const intent = { ...nativeIntent(ways, { list, attachment }), underWay }
  const record = await makeRecord(tools, membership, intent)
  try {
    const bearers = bearing(tools, record.nonce)
    return { record, result: await addRecorded(bearers, { list, attachment, record }) }
  } catch (error) {
    throw await (await import('./forget-failed.ts')).forgetFailed(tools, membership, error)
  }
}

type Intent = Pick<AttachmentRecord, 'asked' | 'underWay' | 'ways'>

// What plugins of this process make, a killed ADD has no result of: it is undone by what was asked.
function nativeIntent(ways: readonly PluginWay[], asked: Parameters<typeof cacheEntry>[0]): Intent {
  return ways.some(({ way }) => way === 'native') ? { ways, asked: cacheEntry(asked) } : {}
}

// Before the first plugin: killed from here on, the next command knows that something is to be undone.
// A GC or a removal of the network that is under way ends first, and a later one sees the record.
async function makeRecord(
  tools: HostTools,
  membership: Membership,
  intent: Intent,
): Promise<AttachmentRecord> {
  const { records, netns } = tools
  const { joined, attachment } = membership
  const path = attachment.netns
  const container = containerOf(membership)
  const identity = identityOf(await netns.look(path))
  const nonce = netns.nonce()
  const lasting = joined === undefined ? {} : { joined }
  const made = { container, netns: path, ...lasting, ...identity, nonce, ...intent }
  const record = { ...keyOf(membership), ...made }
  await holdingNetworks(tools, [membership.network], async () => {
    if (membership.list) await demandListed(tools, membership.list)
    await records.write(record)
  })
  return record
}

async function removeStale(tools: HostTools, membership: Membership): Promise<void> {
  const key = keyOf(membership)
  const { cached, record } = await rememberedOf(tools, key)
  if (cached === undefined && record === undefined) return
  await refuseOthers(tools, membership, { cached, record })
  // What was cut short is undone where it began; what no record names is of another runtime.
  const { attachment } = membership
  const netns = record && isCutShort({ record, cached }) ? record.netns : attachment.netns
  await detach(tools, record ? atNetns(membership, netns) : withoutNetns(membership))
}

// Most ADDs detach nothing: what does is loaded here.
async function detach(
  tools: HostTools,
  membership: Membership,
  options?: DetachOptions,
): Promise<void> {
  const { detachEach } = await import('./detach-each.ts')
  await detachEach(tools, [membership], options)
}

// Throws CniError 8 when the namespace of a record has ended, or is certainly another: a process id is reused.
async function demandUnchanged(
  { netns }: Pick<HostTools, 'netns'>,
  record: Pick<AttachmentRecord, 'netns' | 'netnsId' | 'cookie' | 'bootId' | 'containerId'>,
): Promise<void> {
  const seen = await netns.look(record.netns)
  if (seen.found === 'namespace' && isSameNamespace(record, seen) !== false) return
  throw netnsError(
    `namespace ${record.netns} of container ${record.containerId} has ended while it was attached`,
  )
}

async function demandListed(
  { files }: HostTools,
  { name, file, text, plugins }: ConfList,
): Promise<void> {
  if (file === undefined || files === undefined) return
  const now = await files.read(file)
  if (now === undefined) throw unknownNetwork(name)
  // With drop-in plugins the text is not the file's; those come after its own.
  if (now === text) return
  const own = parseConfFile(now, file).plugins
  if (own.every((each, index) => each.text === plugins[index]?.text)) return
  throw new CniError({
    code: 11,
    message: `network ${name} was changed in ${file} while a container was being attached`,
    hint: 'Try again.',
  })
}
