import { guards } from '@vethra/lock'
import type { ParsedResult } from '@vethra/result'
import { CniError } from '@vethra/spec'
import {
  type AttachTools,
  attach,
  checkAttachable,
  checkAttachment,
  checkNames,
  unknownNetwork,
} from './attach.ts'
import type { AttachmentRecord, AttachmentRecords } from './attachment-records.ts'
import { type DetachOptions, detachEach } from './detach-each.ts'
import { checkDoor, checkFree, undoUnfinished } from './door.ts'
import { isIncomplete, together } from './failures.ts'
import { holdingContainer } from './holding-container.ts'
import { rememberingCache } from './killed-add.ts'
import { gone, keyOf, type Membership } from './membership.ts'
import { identityOf } from './namespace.ts'
import type { NamespaceFacts } from './namespace-facts.ts'
import { withNonce } from './nonce.ts'
import type { CachedAttachment } from './result-cache.ts'
import { sparingOthers } from './sparing-others.ts'
import { sweepAlone } from './sweep.ts'
import { type TurnTools, takingTurns } from './take-turns.ts'
import { containerOf, refuseOthers, remembered } from './whose.ts'

/** What attachments are made with on a host that others use at the same time. */
export interface HostTools extends AttachTools, TurnTools {
  /** What makes an attachment ours. */
  readonly records: AttachmentRecords
  /** What is known of namespaces and processes. */
  readonly netns: NamespaceFacts
  /** Gets what may remain of an attachment that is forgotten without having been undone whole. Default: dropped. */
  readonly onRemains?: (remains: CniError) => void
}

/**
 * What belongs to attaching a container: undone by whoever does it, when it fails or when `onDisk` does,
 * which is kept when what is remembered of the attachments outlives a power cut.
 */
export type Settle = (results: readonly ParsedResult[], onDisk: Promise<void>) => Promise<void>

/**
 * Is told what the results will be unless a plugin that is left to run changes them: more than once, or never.
 * What it starts meanwhile is its own to undo.
 */
export type Foresee = (results: readonly ParsedResult[]) => void

/**
 * Attaches one container to networks, one after the other in the order given (SPEC 1.1.0, section 2:
 * no two operations on one container in parallel), and returns the results in that order. What is
 * left of an earlier life of the same container is removed first. Throws CniError 8 or 102 before any plugin
 * runs for an interface that cannot be made where it is to be, because others made it. While the firewall chains that all
 * networks share, or the rules that isolate a network, do not exist yet, containers take turns. `settle` is called with the results and
 * belongs to the attaching. On failure everything is undone; CniError has the first failure first.
 */
export async function attachAll(
  tools: HostTools,
  memberships: readonly Membership[],
  settle: Settle = async () => {},
  foresee: Foresee = () => {},
): Promise<readonly ParsedResult[]> {
  for (const { network, attachment } of memberships) checkNames(network, attachment)
  const wanted = memberships.map(({ attachment }) => attachment)
  await undoUnfinished(tools, await checkDoor(tools, wanted), memberships)
  return holdingContainer(tools, memberships, async () => {
    for (const each of wanted) await checkFree(tools, each)
    const results: ParsedResult[] = []
    for (const [index, membership] of memberships.entries()) {
      try {
        await removeStale(tools, membership)
        const onResult = (result: ParsedResult) => {
          if (index === memberships.length - 1) foresee([...results, result])
        }
        results.push(await attachOne(tools, membership, onResult))
      } catch (error) {
        throw await undone(tools, memberships.slice(0, index), error)
      }
    }
    const onDisk = Promise.all([tools.records.flush(), tools.cache.flush()]).then(() => {})
    const outcomes = await Promise.allSettled([settle(results, onDisk), onDisk])
    const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    if (reasons.length > 0) throw await undone(tools, memberships, together([...new Set(reasons)]))
    return results
  })
}

/**
 * Detaches one container from networks, the last one first. Goes on after failures; rules that
 * plugins leave behind are removed. Throws CniError 106 whose cause lists what failed, or the one
 * failure itself. Succeeds when nothing is attached.
 */
export async function detachAll(
  tools: HostTools,
  memberships: readonly Membership[],
  options: DetachOptions = {},
): Promise<void> {
  await holdingContainer(tools, memberships, () => detachEach(tools, memberships, options))
}

/**
 * Checks one container in each of its networks, in the order given, under its lock. Stops at the first
 * that is not as ADD left it.
 */
export async function checkAll(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<void> {
  const { runner } = tools
  const cache = rememberingCache(tools)
  await holdingContainer(tools, memberships, async () => {
    for (const { network, list, attachment } of memberships) {
      await checkAttachment({ runner, cache }, list, network, attachment)
    }
  })
}

// A failure has been undone.
async function attachOne(
  tools: HostTools,
  membership: Membership,
  onResult: (result: ParsedResult) => void,
): Promise<ParsedResult> {
  const { network, list, attachment } = membership
  if (list === undefined) throw unknownNetwork(network)
  await checkAttachable(tools.cache, list, attachment)
  const record = await makeRecord(tools, membership)
  const turns = takingTurns(tools, list, attachment)
  const onMade = (made: CachedAttachment, result: ParsedResult) => {
    onResult(result)
    return tools.records.write({ ...record, made })
  }
  try {
    const runner = withNonce(sparingOthers(turns, tools.netns, list), record)
    return await attach({ runner, cache: tools.cache, onMade }, list, attachment)
  } catch (error) {
    throw await forgotten(tools, membership, error)
  }
}

// Plugins have undone an ADD that failed, but for rules that some leave. The record goes when those have:
// a kill in between leaves it. A bug has undone nothing: the next command takes that up.
async function forgotten(
  tools: HostTools,
  membership: Membership,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof CniError) || isIncomplete(error)) return error
  try {
    await sweepAlone(tools, [membership])
    await tools.records.remove(keyOf(membership))
    return error
  } catch (failure) {
    return together([error, failure])
  }
}

// Before the first plugin: killed from here on, the next command knows that something is to be undone.
// A GC that is under way ends first, and a later one sees the record: it frees nothing of this ADD.
async function makeRecord(
  { records, netns, lock, places }: HostTools,
  membership: Membership,
): Promise<AttachmentRecord> {
  const path = membership.attachment.netns
  const container = containerOf(membership)
  const identity = identityOf(await netns.look(path))
  const nonce = netns.nonce()
  const record = { ...keyOf(membership), container, netns: path, ...identity, nonce }
  await lock.hold(guards.network(places, membership.network), () => records.write(record))
  return record
}

async function removeStale(tools: HostTools, membership: Membership): Promise<void> {
  const key = keyOf(membership)
  const { cached, record } = await remembered(tools, key)
  if (cached === undefined && record === undefined) return
  await refuseOthers(tools, membership, { cached, record })
  await detachEach(tools, [record ? membership : gone(membership)])
}

// The attachment that failed has undone itself: a second DEL would only repeat its error.
async function undone(
  tools: HostTools,
  made: readonly Membership[],
  error: unknown,
): Promise<unknown> {
  try {
    await detachEach(tools, made)
    return error
  } catch (failure) {
    return together([error, failure])
  }
}
