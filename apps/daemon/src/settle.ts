/** How long a burst of changes is waited for, in milliseconds. */
export const quietMs = 300

/** How long after a repair its own changes are heard, in milliseconds: less than `quietMs`. */
export const echoMs = 100

/** The same after a flush: rules are reloaded in one transaction. */
export const flushMs = 20

/** Whether a flush is looked at without a rest, after those at the times before: a program that goes on flushing gets no core. */
export function isAtOnce(before: readonly number[], nowMs: number): boolean {
  return before.filter((each) => each > nowMs - 60_000).length < 5
}

/**
 * The milliseconds for which changes are left alone after a look that took `cpuMs` of processor time: ten times that, at most
 * five seconds. So a host that never rests costs a tenth of a core. The wait doubles each time the same is repaired again.
 */
export function restAfter(cpuMs: number, repeated: number): number {
  const once = Math.min(5000, Math.max(500, 10 * cpuMs))
  return Math.min(60_000, once * 2 ** Math.min(repeated, 10))
}
