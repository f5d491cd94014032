import type { ParsedResult, PluginCall } from '@vethra/cni'
import type { PluginRunner, StageCall } from '@vethra/world'
import { advance, runsPlugins, start, stepOf } from './next-step.ts'
import type { AttachmentPlan, Plan, Progress } from './plan.ts'
import { runStep } from './run-step.ts'

/** Runs a plan, one plugin after the other; returns ADD's result. Throws CniError after ADD's undo, or DEL's other plugins. */
export async function run(runner: PluginRunner, plan: Plan): Promise<ParsedResult | undefined> {
  let progress = start(plan)
  let step = stepOf(progress)
  for (; runsPlugins(step); step = stepOf(progress)) {
    progress = advance(progress, await runStep(runner, step))
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

/** The stretches of an attachment's plugins that went native, the last first, as DEL calls them. */
export function stagesOf(made: Omit<AttachmentPlan, 'operation'>): readonly StageCall[] {
  const stages: StageCall[] = []
  let progress = start({ operation: 'DEL', ...made })
  for (let step = stepOf(progress); runsPlugins(step); step = stepOf(progress)) {
    if (step.kind === 'stage') stages.push(step.stage)
    progress = advance(progress, { printed: '' })
  }
  return stages
}
