import {
  attempt,
  CniError,
  compareVersions,
  type ParsedResult,
  type PluginCall,
  parseResult,
} from '@vethra/cni'
import { isNative } from '@vethra/plugins'
import type { StageCall } from '@vethra/world'
import { callOf, stageCall, stretchOf } from './calls.ts'
import type { Plan, Progress } from './plan.ts'

/** How a program's run ended: what it printed, or its error. */
export type ProgramOutcome = { readonly printed: string } | { readonly error: CniError }

/** How one step ended; an ADD in this process has its result as a value. */
export type PluginOutcome = ProgramOutcome | { readonly result: ParsedResult }

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

/** A plan's progress before any plugin: DEL begins with the last. STATUS and GC of old versions are over, CHECK is CniError 1 (libcni). */
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

/** The steps that follow from the progress (SPEC 1.1.0, section 2, and section 3, "Lifecycle & Ordering"). */
export function stepOf(progress: Progress): Step {
  const { plan, direction, index, last, errors } = progress
  const [plugin, ...others] = stretchOf(progress)
  if (plugin && isNative(plan.list, plan.ways, index))
    return { kind: 'stage', stage: stageCall(progress, [plugin, ...others]) }
  if (plugin) return { kind: 'exec', call: callOf(progress, plugin) }
  if (errors.length > 0) return { kind: 'failed', error: failure(plan, errors) }
  return { kind: 'done', ...(direction === 'forward' && last ? { result: last } : {}) }
}

/** The progress after a plugin: a failed ADD turns back, CHECK and STATUS stop, DEL and GC go through all. */
export function advance(progress: Progress, outcome: PluginOutcome): Progress {
  const { plan, direction, index, errors } = progress
  const { operation } = plan
  if (direction === 'forward' && operation === 'ADD') return advanceAdd(progress, outcome)
  const { length } = stretchOf(progress)
  const next = { ...progress, index: direction === 'forward' ? index + length : index - length }
  if (!('error' in outcome)) return next
  const all = [...errors, wrap(progress, outcome.error)]
  const stops = operation === 'CHECK' || operation === 'STATUS'
  return { ...next, errors: all, ...(stops ? { index: plan.list.plugins.length } : {}) }
}

function advanceAdd(progress: Progress, outcome: PluginOutcome): Progress {
  const read = 'printed' in outcome ? readResult(progress, outcome.printed) : outcome
  if ('error' in read) return turnBack(progress, read.error)
  return { ...progress, index: progress.index + stretchOf(progress).length, last: read.result }
}

// A plugin that is not there has not run, and a stage that refuses a conf has done nothing, but for an IPAM program:
// DEL would only fail in the same way.
function turnBack(progress: Progress, error: CniError): Progress {
  const { plan, index: first } = progress
  const hasProgram = plan.ways?.[first]?.ipam === 'exec'
  const isRefusal = error.code === 7 && !hasProgram && isNative(plan.list, plan.ways, first)
  const last = first + stretchOf(progress).length - 1
  const index = error.code === 100 || isRefusal ? first - 1 : last
  return { ...progress, direction: 'back', index, errors: [wrap(progress, error)] }
}

function readResult(
  { plan, last }: Progress,
  printed: string,
): { readonly result: ParsedResult } | { readonly error: CniError } {
  // Most plugins behind the first hand on what they were given.
  if (last && printed.trim() === last.text) return { result: last }
  return attempt(
    () => ({ result: parseResult(printed, plan.list.cniVersion) }),
    (error) => ({ error }),
  )
}

function gateOf({ operation, list }: Plan): 'run' | 'skip' | CniError {
  const { cniVersion } = list
  if (operation === 'CHECK') {
    if (!(compareVersions(cniVersion, '0.4.0') >= 0))
      return new CniError({
        code: 1,
        message: `configuration version ${JSON.stringify(cniVersion)} does not support the CHECK command`,
        hint: 'Set cniVersion in the conf list to 0.4.0 or newer.',
      })
    return list.disableCheck ? 'skip' : 'run'
  }
  if (operation !== 'STATUS' && operation !== 'GC') return 'run'
  const off = operation === 'GC' && list.disableGc
  return !off && compareVersions(cniVersion, '1.1.0') >= 0 ? 'run' : 'skip'
}

const words = { ADD: 'add', DEL: 'delete', CHECK: 'check', STATUS: 'status', GC: 'GC' } as const

function wrap(progress: Progress, cause: CniError): CniError {
  const { plan, direction } = progress
  const word = direction === 'back' ? 'delete' : words[plan.operation]
  const types = stretchOf(progress).map(({ type }) => JSON.stringify(type))
  const which = types.length === 1 ? `plugin type=${types[0]}` : `plugins ${types.join(', ')}`
  return new CniError({ code: cause.code, message: `${which} failed (${word})`, cause })
}

const forgetHint =
  'Put right what refuses it and repeat, or forget the attachment: "vethra cni del --force", or of a bundle "vethra bundle rm --force".'

function failure(plan: Plan, errors: readonly CniError[]): CniError {
  const [first] = errors
  const whom =
    'attachment' in plan
      ? ` for container ${plan.attachment.containerId} (${plan.attachment.ifname})`
      : ''
  return new CniError({
    code: first?.code ?? 0,
    message: `${plan.operation} of network ${plan.list.name} failed${whom}`,
    ...(plan.operation === 'DEL' ? { hint: forgetHint } : {}),
    cause:
      errors.length === 1 ? first : new AggregateError(errors, `${errors.length} plugins failed`),
  })
}
