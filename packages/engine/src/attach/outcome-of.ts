import { onCniError } from '@vethra/cni'
import type { ProgramOutcome } from './next-step.ts'

/** The output of a plugin, or its error as a value. A file of its own: a stage of planned plugins loads no more of what runs programs. */
export async function outcomeOf(running: Promise<string>): Promise<ProgramOutcome> {
  return running.then(
    (printed) => ({ printed }),
    onCniError((error) => ({ error })),
  )
}
