import type { StepLog } from '@vethra/world'
import { together } from './failures.ts'

/** Does one step of an operation and returns what it returns. `undo` takes back what the step did, when a later step fails. */
export type SequenceStep = <T>(
  name: string,
  work: () => Promise<T>,
  undo?: () => Promise<unknown>,
) => Promise<T>

/** The outcome of an operation: its result, or its error. Failures of its undo are among the error's causes. */
export type SequenceOutcome<T> = { readonly done: T } | { readonly failed: unknown }

/** Does one step of an operation that has nothing to undo, and returns what it returns. */
type LoggedStep = <T>(name: string, work: () => Promise<T>) => Promise<T>

/** Steps that are written to a log: the name and the time of each. */
export function logSteps(log: StepLog = () => () => {}): LoggedStep {
  return async (name, work) => {
    const end = log(name)
    try {
      return await work()
    } finally {
      end()
    }
  }
}

/** Does steps top to bottom; when one fails, undoes those before it in reverse, each failure of an undo kept. */
export async function inSequence<T>(
  work: (step: SequenceStep) => Promise<T>,
  log?: StepLog,
): Promise<SequenceOutcome<T>> {
  const undos: { readonly name: string; readonly undo: () => Promise<unknown> }[] = []
  const logged = logSteps(log)
  const step: SequenceStep = async (name, each, undo) => {
    const result = await logged(name, each)
    if (undo) undos.push({ name, undo })
    return result
  }
  try {
    return { done: await work(step) }
  } catch (error) {
    const errors: unknown[] = [error]
    for (const { name, undo } of undos.toReversed())
      await logged(`undo: ${name}`, undo).catch((failure: unknown) => errors.push(failure))
    return { failed: together(errors) }
  }
}

/** Does one step of a clean-up; undefined when it failed. */
export type Attempt = <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>

/** Does the steps of a clean-up, top to bottom, whatever fails. Returns the failures in their order. */
export async function goingOn(
  work: (attempt: Attempt) => Promise<void>,
  log?: StepLog,
): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  const logged = logSteps(log)
  await work((name, each) => logged(name, each).catch((error: unknown) => void errors.push(error)))
  return errors
}

/** The result of an operation. Throws why it failed. */
export function demandDone<T>(outcome: SequenceOutcome<T>): T {
  if ('failed' in outcome) throw outcome.failed
  return outcome.done
}

/** Waits for works that go on at the same time until all have ended. Throws their failures, the first one first. */
export async function all<T extends readonly unknown[]>(
  works: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const outcomes = await Promise.allSettled(works)
  const errors = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (errors.length > 0) throw together(errors)
  return outcomes.map((each) =>
    each.status === 'fulfilled' ? each.value : undefined,
  ) as unknown as T
}
