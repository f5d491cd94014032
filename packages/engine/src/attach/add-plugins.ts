import {
  type Attachment,
  type CniError,
  type ConfList,
  confError,
  onCniError,
  type ParsedResult,
} from '@vethra/cni'
import { isNative } from '@vethra/plugins'
import type { AttachmentRecord, AttachmentRecords, CachedAttachment } from '@vethra/world'
import { failureOf } from './failures.ts'
import {
  advance,
  type PluginOutcome,
  type RunStep,
  runsPlugins,
  start,
  stepOf,
} from './next-step.ts'
import type { Progress } from './plan.ts'
import type { PluginContext, PluginTools } from './run-plugin.ts'
import { runStep } from './run-step.ts'
import { all } from './sequence.ts'
import type { ReasonTools } from './why-failed.ts'

/** The parts that make an attachment. */
export interface AddTools extends PluginTools, ReasonTools {
  readonly records: Pick<AttachmentRecords, 'write'>
}

/** An attachment to be made. */
export interface Adding {
  readonly list: ConfList
  readonly attachment: Attachment
  /** The intent; what ADD has made so far is written into it before each next plugin. */
  readonly record: AttachmentRecord | undefined
}

/** ADD of every plugin in order (libcni, AddNetworkList); returns the last result. A failure is undone by DEL in reverse: first in its cause. */
export async function addPlugins(tools: AddTools, adding: Adding): Promise<ParsedResult> {
  const { list, attachment, record } = adding
  const first = start({ operation: 'ADD', list, attachment, ways: record?.ways })
  let progress = first
  let rules: PluginContext['rules']
  let step = stepOf(progress)
  for (; runsPlugins(step); step = stepOf(progress)) {
    const before = progress
    const result = progress.last?.text
    const isMade = result !== undefined
    const context = { list, isMade, result, wasFree: true, identity: record, rules }
    const [outcome, read] = await all([
      runOne(tools, context, step),
      before === first ? readRules(tools, adding) : Promise.resolve(rules),
    ])
    rules = read
    progress = advance(before, outcome)
    const fault = isNewResult(before, progress) && (await remember(tools, adding, progress))
    if (fault) progress = advance(before, fault)
  }
  if (step.kind === 'failed') throw step.error
  if (step.result === undefined) throw noPlugins(list.name)
  return step.result
}

// The first plugin makes none of the rules that networks share: they are read while it runs.
async function readRules(
  tools: AddTools,
  { list, record }: Adding,
): Promise<PluginContext['rules']> {
  const plugins = list.plugins.filter((_, index) => !isNative(list, record?.ways, index))
  if (plugins.length === 0) return undefined
  const { readSharedRules } = await import('./take-turns.ts')
  return readSharedRules(tools, { plugins })
}

async function runOne(
  tools: AddTools,
  context: PluginContext,
  step: RunStep,
): Promise<PluginOutcome> {
  if (step.kind === 'stage') return runStep(tools.runner, step)
  const { runPlugin } = await import('./run-plugin.ts')
  const outcome = await runPlugin(tools, context, step.call)
  if (!('error' in outcome)) return outcome
  const { whyFailed } = await import('./why-failed.ts')
  return { error: await whyFailed(tools, step.call, outcome.error) }
}

function isNewResult(before: Progress, { direction, last }: Progress): boolean {
  return direction === 'forward' && last !== undefined && last.text !== before.last?.text
}

/** An attachment as the cache keeps it; without a result while there is none. */
export function cacheEntry(
  { list, attachment }: Pick<Adding, 'list' | 'attachment'>,
  result?: ParsedResult,
): CachedAttachment {
  const made = result === undefined ? {} : { result: result.text }
  return { network: list.name, attachment, listText: list.text, ...made }
}

// In the record while plugins are left to run, so that a DEL after a kill knows it.
async function remember(
  { records }: AddTools,
  adding: Adding,
  progress: Progress,
): Promise<Extract<PluginOutcome, { error: unknown }> | undefined> {
  const { record } = adding
  // After the last plugin the cache has it all.
  if (!record || !progress.last || !runsPlugins(stepOf(progress))) return undefined
  const { asked: _, ...known } = record
  const error = await failureOf(
    records.write({ ...known, made: cacheEntry(adding, progress.last) }),
  )
  return error && { error }
}

/** Writes into the record of an ADD what it made, and that it has ended: not where a larger operation goes on. The cache entry says so, too. */
export async function recordMade(
  { records }: AddTools,
  { record, ...adding }: Adding,
  result: ParsedResult,
): Promise<void> {
  if (record === undefined) return
  const { asked: _, underWay, ...known } = record
  const around = underWay && underWay !== 'ADD' ? { underWay } : {}
  const made = cacheEntry(adding, result)
  await records.write({ ...known, ...around, made }).catch(onCniError(() => undefined))
}

/** The CniError 7 for a network that has no plugins. */
export function noPlugins(network: string): CniError {
  return confError(
    `network ${JSON.stringify(network)} has no plugins`,
    'Give the conf list a "plugins" key with at least one plugin.',
  )
}
