import {
  type Attachment,
  CniError,
  type ConfList,
  compareVersions,
  onCniError,
  type ParsedResult,
  type PluginCall,
  type PluginConf,
  parseResult,
} from '@vethra/cni'
import { requestConfiguration } from '@vethra/conflist'
import { isNative, type PluginWay } from '@vethra/plugins'
import type { StageCall } from '@vethra/world'

/** An operation on all plugins of a network. */
export type Plan = AttachmentPlan | NetworkPlan

/** An operation on one attachment. */
export interface AttachmentPlan {
  readonly operation: 'ADD' | 'DEL' | 'CHECK'
  readonly list: ConfList
  readonly attachment: Attachment
  /** The JSON text of what ADD returned, when it is known. An ADD begins with it: for plugins that are chained to others. */
  readonly prevResult?: string
  /** The ways of the plugins, in the list's order. Default: programs. */
  readonly ways?: readonly PluginWay[] | undefined
}

/** An operation on the network itself. */
export interface NetworkPlan {
  readonly operation: 'STATUS' | 'GC'
  readonly list: ConfList
  /** As for an attachment. */
  readonly ways?: readonly PluginWay[] | undefined
  /** GC: what must be kept. */
  readonly validAttachments?: readonly ValidAttachment[]
}

/** An attachment that GC must keep (SPEC 1.1.0, section 2, "GC"). */
export interface ValidAttachment {
  readonly containerID: string
  readonly ifname: string
}

/** How one plugin's run ended: what it printed, or its error. */
export type PluginOutcome = { readonly printed: string } | { readonly error: CniError }

/** How far a plan has come. */
export interface Progress {
  readonly plan: Plan
  /** Back through DEL, and through the undoing of a failed ADD; forward through all else. */
  readonly direction: 'forward' | 'back'
  /** Position of the plugin that is next. */
  readonly index: number
  /** The result of ADD's last plugin, or the one that ADD began with. */
  readonly last?: ParsedResult
  /** In the order in which they came up; the first one is why an ADD failed. */
  readonly errors: readonly CniError[]
}

/** The next step: run a plugin, or a stretch of plugins in this process, or nothing more. */
export type Step = RunStep | EndStep

/** A step that runs plugins. */
export type RunStep =
  | { readonly kind: 'exec'; readonly call: PluginCall }
  | { readonly kind: 'stage'; readonly stage: StageCall }

/** The step after the last. */
type EndStep =
  | { readonly kind: 'done'; readonly result?: ParsedResult }
  | { readonly kind: 'failed'; readonly error: CniError }

/**
 * The progress of a plan of which nothing has run. DEL starts with the last plugin, everything else
 * with the first. An operation that the list's version does not have is over at once: STATUS and GC
 * without a word, CHECK with CniError 1 (libcni's version gates).
 */
export function start(plan: Plan): Progress {
  const end = plan.list.plugins.length
  const fresh: Progress = { plan, direction: 'forward', index: 0, errors: [] }
  if (plan.operation === 'DEL') return { ...fresh, direction: 'back', index: end - 1 }
  const gate = gateOf(plan)
  if (gate === 'run') return { ...fresh, ...previousOf(plan) }
  return { ...fresh, index: end, errors: gate === 'skip' ? [] : [gate] }
}

function previousOf(plan: Plan): Pick<Progress, 'last'> {
  if (plan.operation !== 'ADD' || plan.prevResult === undefined) return {}
  return { last: parseResult(plan.prevResult, plan.list.cniVersion) }
}

/** Whether a step runs plugins. */
export function runsPlugins(step: Step): step is RunStep {
  return step.kind === 'exec' || step.kind === 'stage'
}

/**
 * The steps that follow from the progress (SPEC 1.1.0, section 2, and section 3, "Lifecycle &
 * Ordering").
 */
export function stepOf(progress: Progress): Step {
  const { plan, direction, index, last, errors } = progress
  const [plugin, ...others] = stretchOf(progress)
  if (plugin && isNative(plan.list, plan.ways, index)) {
    return { kind: 'stage', stage: stageOf(progress, [plugin, ...others]) }
  }
  if (plugin) return { kind: 'exec', call: callOf(progress, plugin) }
  if (errors.length > 0) return { kind: 'failed', error: failure(plan, errors) }
  return { kind: 'done', ...(direction === 'forward' && last ? { result: last } : {}) }
}

/**
 * The progress after a plugin has run. An ADD that fails turns back: DEL of what ran, in reverse, each
 * failure kept. CHECK and STATUS stop at the first failure; DEL and GC go through all plugins.
 */
export function advance(progress: Progress, outcome: PluginOutcome): Progress {
  const { plan, direction, index, errors } = progress
  const { operation } = plan
  if (direction === 'forward' && operation === 'ADD') return advanceAdd(progress, outcome)
  const { length } = stretchOf(progress)
  const next = { ...progress, index: direction === 'forward' ? index + length : index - length }
  if ('printed' in outcome) return next
  const all = [...errors, wrap(progress, outcome.error)]
  const stops = operation === 'CHECK' || operation === 'STATUS'
  return { ...next, errors: all, ...(stops ? { index: plan.list.plugins.length } : {}) }
}

function advanceAdd(progress: Progress, outcome: PluginOutcome): Progress {
  const read = 'printed' in outcome ? readResult(progress, outcome.printed) : outcome
  if ('error' in read) return turnBack(progress, read.error)
  return { ...progress, index: progress.index + stretchOf(progress).length, last: read.result }
}

// A plugin that is not there has not run: it needs no DEL, which would only fail in the same way.
function turnBack(progress: Progress, error: CniError): Progress {
  const last = progress.index + stretchOf(progress).length - 1
  const index = error.code === 100 ? progress.index - 1 : last
  return { ...progress, direction: 'back', index, errors: [wrap(progress, error)] }
}

function readResult(
  { plan, last }: Progress,
  printed: string,
): { readonly result: ParsedResult } | { readonly error: CniError } {
  // Most plugins behind the first hand on what they were given.
  if (last && printed.trim() === last.text) return { result: last }
  try {
    return { result: parseResult(printed, plan.list.cniVersion) }
  } catch (error) {
    return onCniError((each) => ({ error: each }))(error)
  }
}

function gateOf({ operation, list }: Plan): 'run' | 'skip' | CniError {
  const { cniVersion } = list
  if (operation === 'CHECK') {
    if (!(compareVersions(cniVersion, '0.4.0') >= 0)) return tooOldForCheck(cniVersion)
    return list.disableCheck ? 'skip' : 'run'
  }
  if (operation !== 'STATUS' && operation !== 'GC') return 'run'
  const off = operation === 'GC' && list.disableGc
  return !off && compareVersions(cniVersion, '1.1.0') >= 0 ? 'run' : 'skip'
}

function tooOldForCheck(version: string): CniError {
  return new CniError({
    code: 1,
    message: `configuration version ${JSON.stringify(version)} does not support the CHECK command`,
    hint: 'Set cniVersion in the conf list to 0.4.0 or newer.',
  })
}

// The plugins of the next step, in the list's order: one program, or all neighbours that go native.
function stretchOf({ plan, direction, index }: Progress): readonly PluginConf[] {
  const { list, ways } = plan
  const step = direction === 'forward' ? 1 : -1
  let end = index + step
  if (isNative(list, ways, index)) while (isNative(list, ways, end)) end += step
  return step === 1 ? list.plugins.slice(index, end) : list.plugins.slice(end + 1, index + 1)
}

function stageOf(progress: Progress, plugins: readonly PluginConf[]): StageCall {
  const { plan, last } = progress
  const previous = last?.text ?? ('attachment' in plan ? plan.prevResult : undefined)
  const calls = plugins.map((plugin) => callOf(progress, plugin))
  const { operation } = calls[0] ?? plan
  const ipam = ipamCall(plan, plugins[0], calls[0])
  return {
    operation,
    calls,
    ...(previous === undefined ? {} : { previous }),
    ...(ipam === undefined ? {} : { ipam }),
  }
}

function ipamCall(
  { list, ways }: Plan,
  plugin: PluginConf | undefined,
  call: PluginCall | undefined,
): PluginCall | undefined {
  const isProgram = list.plugins.some((each, at) => each === plugin && ways?.[at]?.ipam === 'exec')
  const type = plugin?.ipamType
  return call && isProgram && type !== undefined ? { ...call, type } : undefined
}

function callOf(progress: Progress, plugin: PluginConf): PluginCall {
  const { plan, direction } = progress
  const { type } = plugin
  if (!('attachment' in plan)) {
    const { validAttachments } = plan
    const extras = validAttachments === undefined ? {} : { validAttachments }
    return networkCall(plan, type, requestConfiguration(plan.list, plugin, extras))
  }
  const { capabilityArgs, ...attachment } = plan.attachment
  const prevResult = prevResultOf(progress, plan)
  const extras = { capabilityArgs, ...(prevResult === undefined ? {} : { prevResult }) }
  const stdin = requestConfiguration(plan.list, plugin, extras)
  return { type, operation: direction === 'back' ? 'DEL' : plan.operation, ...attachment, stdin }
}

/** The call of a plugin for an operation on the network itself, which knows no container. */
export function networkCall(
  { operation }: Pick<NetworkPlan, 'operation'>,
  type: string,
  stdin: string,
): PluginCall {
  return { type, operation, containerId: '', netns: '', ifname: '', cniArgs: [], stdin }
}

// ADD hands on the previous plugin's result as printed; DEL knows a previous result since 0.4.0.
function prevResultOf(
  { direction, last }: Progress,
  { operation, list, prevResult }: AttachmentPlan,
): string | undefined {
  if (direction === 'forward' && operation === 'ADD') return last?.text
  const since = compareVersions(list.cniVersion, '0.4.0') >= 0
  return since ? (last?.text ?? prevResult) : undefined
}

const words = { ADD: 'add', DEL: 'delete', CHECK: 'check', STATUS: 'status', GC: 'GC' } as const

function wrap(progress: Progress, cause: CniError): CniError {
  const { plan, direction } = progress
  const word = direction === 'back' ? 'delete' : words[plan.operation]
  const types = stretchOf(progress).map(({ type }) => JSON.stringify(type))
  const which = types.length === 1 ? `plugin type=${types[0]}` : `plugins ${types.join(', ')}`
  return new CniError({ code: cause.code, message: `${which} failed (${word})`, cause })
}

function failure(plan: Plan, errors: readonly CniError[]): CniError {
  const [first] = errors
  const whom =
    'attachment' in plan
      ? ` for container ${plan.attachment.containerId} (${plan.attachment.ifname})`
      : ''
  return new CniError({
    code: first?.code ?? 0,
    message: `${plan.operation} of network ${plan.list.name} failed${whom}`,
    cause:
      errors.length === 1 ? first : new AggregateError(errors, `${errors.length} plugins failed`),
  })
}
