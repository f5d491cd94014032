import {
  type Attachment,
  CniError,
  type ConfList,
  confError,
  onCniError,
  type ParsedResult,
  type PluginCall,
} from '@vethra/cni'
import { isNative, plannerOf, pluginFeatures, whyProgram } from '@vethra/plugins'
import { featureHint, lackedFeatures } from '@vethra/state'
import type {
  AttachmentRecord,
  AttachmentRecords,
  CachedAttachment,
  HostFacts,
} from '@vethra/world'
import {
  advance,
  type PluginOutcome,
  type RunStep,
  runsPlugins,
  start,
  stepOf,
} from './next-step.ts'
import type { Progress } from './plan.ts'
import { type PluginContext, type PluginTools, runPlugin, runStep } from './run-plugin.ts'
import { all } from './sequence.ts'
import { readSharedRules } from './take-turns.ts'

/** The parts that make an attachment. */
export interface AddTools extends PluginTools {
  readonly records: Pick<AttachmentRecords, 'write'>
  /** Says why a program failed, where the kernel lacks what it needs. Default: it is not said. */
  readonly facts?: () => Promise<Pick<HostFacts, 'kernelFeatures'>>
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
      before === first ? readSharedRules(tools, programsOf(adding)) : Promise.resolve(rules),
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
function programsOf({ list, record }: Adding): Pick<ConfList, 'plugins'> {
  return { plugins: list.plugins.filter((_, index) => !isNative(list, record?.ways, index)) }
}

async function runOne(
  tools: AddTools,
  context: PluginContext,
  step: RunStep,
): Promise<PluginOutcome> {
  if (step.kind === 'stage') return runStep(tools.runner, step)
  const outcome = await runPlugin(tools, context, step.call)
  if (!('error' in outcome)) return outcome
  if (outcome.error.code === 100) return { error: withReason(step.call, outcome.error) }
  return { error: await withLack(tools, step.call, outcome.error) }
}

// A program says "operation not supported" of what the kernel lacks, and of much else.
async function withLack(
  { facts }: AddTools,
  { type }: PluginCall,
  error: CniError,
): Promise<CniError> {
  const needed = pluginFeatures(type)
  if (facts === undefined || needed.length === 0) return error
  const [lacked] = lackedFeatures(await (await facts()).kernelFeatures(), needed)
  if (lacked === undefined) return error
  return new CniError({
    code: error.code,
    message: `the kernel of this host lacks ${lacked.name}`,
    hint: featureHint(lacked.name, lacked.blockedBy),
    cause: error,
  })
}

// A program that is missing may be one that is built in: then a key is why it was looked for.
function withReason({ type, stdin }: PluginCall, error: CniError): CniError {
  const why = plannerOf(type) && whyProgram(JSON.parse(stdin))
  if (why === undefined) return error
  return new CniError({
    code: error.code,
    message: `${why}, and its program is missing`,
    hint: `Remove the key from the conf list, or install the program ${type}.`,
    cause: error,
  })
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
  return records.write({ ...known, made: cacheEntry(adding, progress.last) }).then(
    () => undefined,
    onCniError((error) => ({ error })),
  )
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
