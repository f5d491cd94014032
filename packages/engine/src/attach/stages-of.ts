import type { StageCall } from '@vethra/world'
import { advance, runsPlugins, start, stepOf } from './next-step.ts'
import type { AttachmentPlan } from './plan.ts'

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
