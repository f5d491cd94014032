import type { ParsedResult, PluginCall } from '@vethra/cni'
import type { PluginRunner } from '@vethra/world'
import { advance, runsPlugins, start, stepOf } from './next-step.ts'
import type { Plan, Progress } from './plan.ts'
import { outcomeOf, runStep } from './run-plugin.ts'

/**
 * Runs a plan to its end: one plugin after the other, as the specification demands of one container.
 * Returns the result of an ADD, undefined for DEL and for a network without plugins. Throws CniError
 * when it failed, after an ADD has been undone and a DEL has gone through all plugins.
 */
export async function run(runner: PluginRunner, plan: Plan): Promise<ParsedResult | undefined> {
  let progress = start(plan)
  let step = stepOf(progress)
  for (; runsPlugins(step); step = stepOf(progress)) {
    progress = advance(progress, await outcomeOf(runStep(runner, step)))
  }
  if (step.kind === 'failed') throw step.error
  return step.result
}

/** The calls of a plan when all goes well, in order, with requests as far as known: no `prevResult` after ADD. For a dry run. */
export function plannedCalls(plan: Plan): readonly PluginCall[] {
  const calls: PluginCall[] = []
  let progress: Progress = start(plan)
  for (let step = stepOf(progress); step.kind === 'exec'; step = stepOf(progress)) {
    calls.push(step.call)
    progress = { ...progress, index: progress.index + (progress.direction === 'forward' ? 1 : -1) }
  }
  return calls
}
