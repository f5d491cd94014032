import { requestConfiguration } from '@vethra/conflist'
import { type ParsedResult, parseResult } from '@vethra/result'
import { type Attachment, CniError, type ConfList, compareVersions } from '@vethra/spec'
import type { PluginCall } from './plugin-runner.ts'

/** An operation on all plugins of a network for one attachment. */
export interface Plan {
  readonly operation: 'ADD' | 'DEL'
  readonly list: ConfList
  readonly attachment: Attachment
  /** DEL: the JSON text of what ADD returned, when it is known. */
  readonly prevResult?: string
}

/** How one plugin's run ended: what it printed, or its error. */
export type Outcome = { readonly printed: string } | { readonly error: CniError }

/** How far a plan has come. */
export interface Progress {
  readonly plan: Plan
  /** Forward through ADD; back through DEL, or through the undoing of a failed ADD. */
  readonly direction: 'forward' | 'back'
  /** Position of the plugin that is next. */
  readonly index: number
  /** What the last plugin of ADD returned. */
  readonly last?: ParsedResult
  /** In the order in which they came up; the first one is why an ADD failed. */
  readonly errors: readonly CniError[]
}

/** What to do next: run a plugin, or nothing more. */
export type Step =
  | { readonly kind: 'exec'; readonly call: PluginCall }
  | { readonly kind: 'done'; readonly result?: ParsedResult }
  | { readonly kind: 'failed'; readonly error: CniError }

/** The progress of a plan of which nothing has run: ADD starts with the first plugin, DEL with the last. */
export function start(plan: Plan): Progress {
  return plan.operation === 'ADD'
    ? { plan, direction: 'forward', index: 0, errors: [] }
    : { plan, direction: 'back', index: plan.list.plugins.length - 1, errors: [] }
}

/** What follows from the progress (SPEC 1.1.0, section 3, "Lifecycle & Ordering" and section 2). */
export function stepOf(progress: Progress): Step {
  const { plan, direction, index, last, errors } = progress
  const plugin = plan.list.plugins[index]
  if (plugin) return { kind: 'exec', call: callOf(progress, plugin) }
  if (errors.length > 0) return { kind: 'failed', error: failure(plan, errors) }
  return { kind: 'done', ...(direction === 'forward' && last ? { result: last } : {}) }
}

/**
 * The progress after a plugin has run. An ADD that fails turns back: DEL of what ran, in reverse,
 * each failure kept. A DEL goes through all plugins whatever fails.
 */
export function advance(progress: Progress, outcome: Outcome): Progress {
  if (progress.direction === 'back') {
    const errors =
      'error' in outcome ? [...progress.errors, wrap(progress, outcome.error)] : progress.errors
    return { ...progress, index: progress.index - 1, errors }
  }
  const read = 'printed' in outcome ? readResult(progress, outcome.printed) : outcome
  if ('error' in read) return turnBack(progress, read.error)
  return { ...progress, index: progress.index + 1, last: read.result }
}

// A plugin that is not there has not run: it needs no DEL, which would only fail in the same way.
function turnBack(progress: Progress, error: CniError): Progress {
  const index = error.code === 100 ? progress.index - 1 : progress.index
  return { ...progress, direction: 'back', index, errors: [wrap(progress, error)] }
}

function readResult(
  { plan }: Progress,
  printed: string,
): { readonly result: ParsedResult } | { readonly error: CniError } {
  try {
    return { result: parseResult(printed, plan.list.cniVersion) }
  } catch (error) {
    if (error instanceof CniError) return { error }
    throw error
  }
}

function callOf(progress: Progress, plugin: ConfList['plugins'][number]): PluginCall {
  const { plan, direction } = progress
  const { capabilityArgs, ...attachment } = plan.attachment
  const prevResult = prevResultOf(progress)
  return {
    type: plugin.type,
    operation: direction === 'forward' ? 'ADD' : 'DEL',
    ...attachment,
    stdin: requestConfiguration(plan.list, plugin, {
      capabilityArgs,
      ...(prevResult === undefined ? {} : { prevResult }),
    }),
  }
}

// ADD hands on the previous plugin's result as printed; DEL knows a previous result since 0.4.0.
function prevResultOf({ plan, direction, last }: Progress): string | undefined {
  if (direction === 'forward') return last?.text
  const since = compareVersions(plan.list.cniVersion, '0.4.0') >= 0
  return since ? (last?.text ?? plan.prevResult) : undefined
}

function wrap({ plan, index, direction }: Progress, cause: CniError): CniError {
  const word = direction === 'forward' ? 'add' : 'delete'
  const type = plan.list.plugins[index]?.type
  return new CniError({
    code: cause.code,
    message: `plugin type=${JSON.stringify(type)} failed (${word})`,
    cause,
  })
}

function failure({ operation, list, attachment }: Plan, errors: readonly CniError[]): CniError {
  const [first] = errors
  const container = `container ${attachment.containerId} (${attachment.ifname})`
  return new CniError({
    code: first?.code ?? 0,
    message: `${operation} of network ${list.name} failed for ${container}`,
    cause:
      errors.length === 1 ? first : new AggregateError(errors, `${errors.length} plugins failed`),
  })
}
