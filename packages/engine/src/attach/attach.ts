import {
  type Attachment,
  CniError,
  type ConfList,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  type ParsedResult,
  present,
  unknownNetwork,
} from '@vethra/cni'
import type { PluginWay } from '@vethra/plugins'
import type { ResultCache, World } from '@vethra/world'
import {
  type Adding,
  type AddTools,
  addPlugins,
  cacheEntry,
  noPlugins,
  recordMade,
} from './add-plugins.ts'
import { convert, convertIfReadable } from './cached-list.ts'
import { undoAfter } from './failures.ts'
import { keyOf } from './membership.ts'
import { runsPlugins, start, stepOf } from './next-step.ts'
import type { AttachmentPlan } from './plan.ts'
import { type Made, madeOf } from './remembered.ts'
import { run } from './run.ts'
import { pluginRunner } from './run-step.ts'

/** The parts that make and remove an attachment. */
export type AttachTools = Pick<World, 'runner' | 'cache'>

/** An attachment that was made, or may have been. */
export interface Former {
  readonly network: string
  /** The conf list of now; undefined when it is gone. */
  readonly list: ConfList | undefined
  /** The namespace is that of now: empty when it is gone. */
  readonly attachment: Attachment
  /** The ways that the plugins of ADD went. Default: programs. */
  readonly ways?: readonly PluginWay[] | undefined
}

/** A plan of what follows an ADD, with the arguments that it had. */
type FormerPlan = Omit<AttachmentPlan, 'operation'>

/** Attaches a container: checks names, ADD of every plugin, then the cache. A failure is undone; CniError has the first one first. */
export async function attach(
  { runner, cache }: AttachTools,
  list: ConfList,
  attachment: Attachment,
): Promise<ParsedResult> {
  await checkAttachable(cache, list, attachment)
  const result = await run(runner, { operation: 'ADD', list, attachment })
  if (result === undefined) throw noPlugins(list.name)
  await cacheOrUndo({ runner, cache }, { list, attachment }, result)
  return result
}

/** ADD of every plugin, then the cache and the record. A failure is undone; CniError has the first one first. */
export async function addRecorded(
  tools: AddTools & Pick<AttachTools, 'cache'>,
  adding: Adding,
): Promise<ParsedResult> {
  const { list, attachment, record } = adding
  const result = await addPlugins(tools, adding)
  const runner = pluginRunner(tools, { list, isMade: true, result: result.text, identity: record })
  const plan = { list, attachment, ways: record?.ways }
  await cacheOrUndo({ runner, cache: tools.cache }, plan, result)
  await recordMade(tools, adding, result)
  return result
}

// Where the cache cannot be written, DEL undoes what was made.
async function cacheOrUndo(
  { runner, cache }: AttachTools,
  plan: Pick<AttachmentPlan, 'list' | 'attachment' | 'ways'>,
  result: ParsedResult,
): Promise<void> {
  try {
    await cache.write(cacheEntry(plan, result))
  } catch (cause) {
    const undo = () => run(runner, { operation: 'DEL', ...plan, prevResult: result.text })
    throw await undoAfter(notCached(plan.list.name, cause), undo)
  }
}

/** Throws CniError 3, 4 or 7 for a name that cannot be, before anything runs. */
export async function checkAttachable(
  cache: ResultCache,
  list: ConfList,
  attachment: Attachment,
): Promise<void> {
  checkNames(list.name, attachment)
  await cache.check(keyOf({ network: list.name, attachment }))
}

/** Throws CniError 3, 4 or 7 for a name that cannot be; the texts are libcni's. */
export function checkNames(network: string, { containerId, ifname }: Attachment): void {
  checkNetworkName(network)
  checkContainerId(containerId)
  checkIfname(ifname)
}

/** DEL of every plugin in reverse, with what was cached at ADD, else `list`. The cache entry goes last, after success alone. Idempotent. */
export async function detach(tools: AttachTools, former: Former): Promise<void> {
  const key = keyOf(former)
  await detachAs(tools, former, madeOf(await tools.cache.read(key)))
}

/** Detaches as `detach` does, by a cache entry that has been read. */
export async function detachAs(
  { runner, cache }: AttachTools,
  former: Former,
  made: Made,
): Promise<void> {
  const plan = planOf(made, former, convertIfReadable)
  if (plan) await run(runner, { operation: 'DEL', ...plan })
  await cache.remove(keyOf(former))
}

/** CHECK of every plugin with what was cached (SPEC 1.1.0, "CHECK"), else `list`. Throws CniError 1, 6, 101, or the plugin's. */
export async function checkAttachment(
  { runner, cache }: AttachTools,
  former: Former,
): Promise<void> {
  const { network, attachment } = former
  // Where CHECK is refused or does nothing, what was cached is of no matter.
  const readIfNeeded = (text: string, from: ConfList) =>
    runsPlugins(stepOf(start({ operation: 'CHECK', list: from, attachment })))
      ? convert(text, from)
      : undefined
  const made = await asMade(cache, former, readIfNeeded)
  if (made === undefined) throw unknownNetwork(network)
  await run(runner, { operation: 'CHECK', ...made })
}

/** The arguments of ADD, as far as they were cached; the namespace is always that of now. */
export async function asMade(
  cache: ResultCache,
  former: Former,
  read: typeof convertIfReadable,
): Promise<FormerPlan | undefined> {
  return planOf(madeOf(await cache.read(keyOf(former))), former, read)
}

function planOf(
  { entry, list: known }: Made,
  { list, attachment, ways }: Former,
  read: typeof convertIfReadable,
): FormerPlan | undefined {
  const from = known ?? list
  if (from === undefined) return undefined
  const prevResult = entry?.result && read(entry.result, from)
  return {
    list: from,
    attachment: known && entry ? { ...entry.attachment, netns: attachment.netns } : attachment,
    ...present({ prevResult: prevResult || undefined, ways }),
  }
}

function notCached(network: string, cause: unknown): CniError {
  return new CniError({
    code: cause instanceof CniError ? cause.code : 5,
    message: `failed to set network ${JSON.stringify(network)} cached result`,
    cause,
  })
}
