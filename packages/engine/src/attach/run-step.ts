import { noProgramError, onCniError } from '@vethra/cni'
import type { PluginRunner } from '@vethra/world'
import { outcomeOf } from './failures.ts'
import type { PluginOutcome, RunStep } from './next-step.ts'
import type { PluginContext, PluginTools } from './run-plugin.ts'

/** Runs a step, and returns how it ended. */
export async function runStep(runner: PluginRunner, step: RunStep): Promise<PluginOutcome> {
  if (step.kind === 'exec') return outcomeOf(runner.run(step.call))
  if (runner.stage)
    return runner.stage(step.stage).then(
      (result) => (result ? { result } : { printed: '' }),
      onCniError((error) => ({ error })),
    )
  const types = step.stage.calls.map(({ type }) => type).join(', ')
  const error = noProgramError(
    `plugins ${types} were run in the process, which this build of Vethra cannot do`,
    'Use the executable.',
  )
  return { error }
}

/** A runner of the plugins of one attachment, for plans that are run whole. */
export function pluginRunner(tools: PluginTools, context: PluginContext): PluginRunner {
  return {
    run: async (call) => {
      const { runPlugin } = await import('./run-plugin.ts')
      const outcome = await runPlugin(tools, context, call)
      if ('error' in outcome) throw outcome.error
      return outcome.printed
    },
    ...(tools.runner.stage ? { stage: tools.runner.stage } : {}),
  }
}
