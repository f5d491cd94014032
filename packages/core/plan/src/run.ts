import { type ParsedResult, parseResult } from '@vethra/result'
import { CniError } from '@vethra/spec'
import { advance, type Outcome, type Plan, type Progress, start, stepOf } from './next-step.ts'
import type { PluginCall } from './plugin-call.ts'
import type { PluginRunner } from './plugin-runner.ts'

/**
 * Runs a plan to its end: one plugin after the other, as the specification demands of one container.
 * Returns the result of an ADD, undefined for DEL and for a network without plugins. Throws CniError
 * when it failed, after an ADD has been undone and a DEL has gone through all plugins. `onResult` is told
 * of each result of ADD that differs from the one before, while plugins are left to run; when it fails,
 * so does the ADD.
 */
export async function run(
  runner: PluginRunner,
  plan: Plan,
  onResult: (result: ParsedResult) => Promise<void> = async () => {},
): Promise<ParsedResult | undefined> {
  const first = start(plan)
  let progress = first
  let step = stepOf(progress)
  while (step.kind === 'exec') {
    const before = progress
    const outcome = outcomeOf(runner, step.call)
    if (plan.operation === 'ADD' && before === first) readOneBefore()
    progress = advance(before, await outcome)
    step = stepOf(progress)
    if (step.kind === 'exec' && isNewResult(before, progress)) {
      const failure = await told(onResult, progress.last)
      if (failure) progress = advance(before, failure)
      step = stepOf(progress)
    }
  }
  if (step.kind === 'failed') throw step.error
  return step.result
}

/** The first result that a process reads takes 2 ms, the second a tenth: this is done while the first plugin runs. */
function readOneBefore(): void {
  const [ips, routes] = [
    [{ address: '192.0.2.2/24', gateway: '192.0.2.1' }],
    [{ dst: '0.0.0.0/0' }],
  ]
  const interfaces = [{ name: 'eth0', mac: '00:00:5e:00:53:01', sandbox: '' }]
  parseResult(JSON.stringify({ cniVersion: '1.0.0', interfaces, ips, routes, dns: {} }), '1.0.0')
}

function isNewResult(before: Progress, { direction, last }: Progress): boolean {
  return direction === 'forward' && last !== undefined && last.text !== before.last?.text
}

async function told(
  onResult: (result: ParsedResult) => Promise<void>,
  result: ParsedResult | undefined,
): Promise<{ readonly error: CniError } | undefined> {
  try {
    if (result) await onResult(result)
    return undefined
  } catch (error) {
    if (error instanceof CniError) return { error }
    throw error
  }
}

async function outcomeOf(runner: PluginRunner, call: PluginCall): Promise<Outcome> {
  try {
    return { printed: await runner.run(call) }
  } catch (error) {
    if (error instanceof CniError) return { error }
    throw error
  }
}

/**
 * The calls that a plan makes when all goes well, in order, with each plugin's request as far as it is
 * known beforehand: results of ADD are not, so that no `prevResult` is in them. For a dry run.
 */
export function plannedCalls(plan: Plan): readonly PluginCall[] {
  const calls: PluginCall[] = []
  let progress = start(plan)
  for (let step = stepOf(progress); step.kind === 'exec'; step = stepOf(progress)) {
    calls.push(step.call)
    progress = { ...progress, index: progress.index + (progress.direction === 'forward' ? 1 : -1) }
  }
  return calls
}
