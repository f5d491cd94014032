import { CniError, onCniError } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { ProgramOutcome } from './next-step.ts'

/** Whether an error says that the undoing failed too: something is left then, and it is ours. */
export function isIncomplete(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof AggregateError
}

/** The CniError that a work fails with; undefined where it succeeds. Any other error is a bug, and passes. */
export async function failureOf(work: Promise<unknown>): Promise<CniError | undefined> {
  return work.then(
    () => undefined,
    onCniError((error) => error),
  )
}

/** Undoes after a failure, and returns that; the reason that the undo failed is among its causes. */
export async function undoAfter<E>(error: E, undo: () => Promise<unknown>): Promise<E | CniError> {
  const failures: unknown[] = []
  await undo().catch((failure: unknown) => failures.push(failure))
  return behind(error, failures)
}

/** Errors as one: the first is the user's, the others are behind its own causes. Undefined for none. */
export function together<E>(errors: readonly E[]): E | CniError | undefined {
  const [first, ...others] = errors
  return first === undefined ? undefined : behind(first, others)
}

function behind<E>(first: E, others: readonly unknown[]): E | CniError {
  if (others.length === 0 || !(first instanceof Error)) return first
  const causes = first.cause === undefined ? others : [first.cause, ...others]
  const cause = new AggregateError(causes, `${others.length + 1} things failed`)
  if (!(first instanceof CniError)) return Object.assign(first, { cause })
  const { code, message, hint, details } = first
  return new CniError({ code, message, hint, details, cause })
}

/** The CniError 106 for attachments that are forgotten though not all of them could be undone. */
export function remains(
  memberships: readonly Pick<Membership, 'network' | 'attachment'>[],
  cause: unknown,
): CniError {
  const interfaces = memberships.map(
    ({ network, attachment }) => `${attachment.ifname} in network ${network}`,
  )
  const id = memberships[0]?.attachment.containerId ?? ''
  return new CniError({
    code: 106,
    message: `removed the record of container ${id} (${interfaces.join(', ')}): resources of its plugins may remain`,
    hint: `Look for it with "vethra doctor", and by the container's id: iptables-save | grep ${id}`,
    cause,
  })
}

/** The output of a plugin, or its error as a value. */
export async function outcomeOf(running: Promise<string>): Promise<ProgramOutcome> {
  return running.then(
    (printed) => ({ printed }),
    onCniError((error) => ({ error })),
  )
}
