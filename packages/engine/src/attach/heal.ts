import {
  type AttachmentKey,
  netnsError,
  type ParsedResult,
  type PluginConf,
  unknownNetwork,
} from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { emitAttached } from '../emit-events.ts'
import { cacheEntry } from './add-plugins.ts'
import { addRecorded, asMade } from './attach.ts'
import { convertIfReadable } from './cached-list.ts'
import { checkFree } from './check-interfaces.ts'
import { detachEach } from './detach-each.ts'
import { together } from './failures.ts'
import type { HostTools } from './host-tools.ts'
import { checkNamespace, lifeNow } from './life.ts'
import { atNetns, keyOf, rememberedOnly } from './membership.ts'
import type { AttachmentPlan } from './plan.ts'
import { rememberedOf, rememberingCache } from './remembered.ts'
import { run } from './run.ts'
import { pluginRunner } from './run-step.ts'
import { all } from './sequence.ts'
import { handBack, takeOver } from './take-over.ts'
import { alone } from './take-turns.ts'

/** Attaches a living container again, the first way that succeeds. Its record stays until then. The lock is held. Throws why each failed. */
export async function attachAnew(
  given: HostTools,
  ways: readonly [Membership, ...Membership[]],
): Promise<ParsedResult> {
  const known = await rememberedOf(given, keyOf(ways[0]))
  const tools = await takeOver(given, known, 'repair')
  // Debian's bridge fails for rules that are gone, once: what is left of the interface went before.
  await undo(tools, ways[0]).catch(() => undo(tools, ways[0]))
  const result = await redoInOneOf(tools, ways)
  await demandSame(tools, ways[0])
  if (known.record) await handBack(tools, known.record)
  await emitAttached(tools, [ways[0]], [result])
  return result
}

async function redoInOneOf(tools: HostTools, ways: readonly Membership[]): Promise<ParsedResult> {
  const errors: unknown[] = []
  for (const way of ways) {
    try {
      return await redo(tools, way)
    } catch (error) {
      errors.push(error)
    }
  }
  throw together(errors)
}

// Plugins open the path themselves: by then it may have led to another namespace, which must not keep what was made.
async function demandSame(tools: HostTools, membership: Membership): Promise<void> {
  const record = await tools.records.read(keyOf(membership))
  if (record === undefined || (await lifeNow(tools, record)) === 'alive') return
  await detachEach(tools, [membership])
  throw netnsError(
    `namespace ${record.netns} of container ${record.containerId} has ended while it was attached to network ${record.network}`,
  )
}

async function undo(tools: HostTools, membership: Membership): Promise<void> {
  const record = await tools.records.read(keyOf(membership))
  const former = { ...membership, ways: record?.ways }
  const made = await asMade(rememberingCache(tools), former, convertIfReadable)
  if (made === undefined) return
  const { list, prevResult: result } = made
  const runner = pluginRunner(tools, { list, isMade: true, result })
  await run(runner, { operation: 'DEL', ...made })
}

async function redo(tools: HostTools, membership: Membership): Promise<ParsedResult> {
  const { network, list, attachment } = membership
  if (list === undefined) throw unknownNetwork(network)
  await checkNamespace(tools.netns, attachment.netns)
  await checkFree(tools, attachment)
  // The record goes on naming the namespace that was asked about, whatever is at its path by now.
  const before = await tools.records.read(keyOf(membership))
  const record = before?.ways && { ...before, asked: cacheEntry({ list, attachment }) }
  // Killed from here on, the interface may be there without all that belongs to it: the record says so.
  if (record) await tools.records.write(record)
  const result = await addRecorded(tools, { list, attachment, record: record ?? before })
  await all([tools.records.flush(), tools.cache.flush()])
  return result
}

/** Which chained plugins are to do their work again. */
interface ChainAgain {
  readonly isWanted: (plugin: PluginConf) => boolean
  /** Whether something of what they did is left and goes first: DEL is the dearer half. */
  readonly left: boolean
}

/** Has chained plugins of a living attachment do DEL and ADD again, for flushed rules. The lock is held. False when it is not alive. */
export async function chainAgain(
  tools: HostTools,
  key: AttachmentKey,
  { isWanted, left }: ChainAgain,
): Promise<boolean> {
  const netns = await livingNetns(tools, key)
  if (netns === undefined) return false
  const known = await rememberedOf(tools, key)
  const there = { ...atNetns(rememberedOnly(key), netns), ways: known.record?.ways }
  const made = await asMade(rememberingCache(tools), there, convertIfReadable)
  if (made?.prevResult === undefined) return false
  const again = { ...made, ...chainedOnly(made, isWanted) }
  if (again.list.plugins.length === 0) return false
  const { runner } = await takeOver(tools, known, 'repair')
  // Shared chains may be missing, too, and plugins make them check-then-append.
  await alone(tools, key.network, async () => {
    if (left) await run(runner, { operation: 'DEL', ...again })
    await run(runner, { operation: 'ADD', ...again })
  })
  if (known.record) await handBack(tools, known.record)
  return true
}

/** The namespace of an attachment; undefined unless it is the one that was recorded. */
export async function livingNetns(
  tools: HostTools,
  key: AttachmentKey,
): Promise<string | undefined> {
  const record = await tools.records.read(key)
  return record && (await lifeNow(tools, record)) === 'alive' ? record.netns : undefined
}

// The first plugin made the interface: a second ADD would find it there.
function chainedOnly(
  { list, ways = [] }: Pick<AttachmentPlan, 'list' | 'ways'>,
  isWanted: ChainAgain['isWanted'],
): Pick<AttachmentPlan, 'list' | 'ways'> {
  const chosen = list.plugins.map((plugin, index) => index > 0 && isWanted(plugin))
  const plugins = list.plugins.filter((_, index) => chosen[index])
  return { list: { ...list, plugins }, ways: ways.filter((_, index) => chosen[index]) }
}
