import type { RepairOutcome } from '@vethra/engine'

/** The inputs to the wait before the next look. */
export interface Looked {
  /** The processor time that the last look took, in milliseconds. */
  readonly cpuMs: number
  /** How many times in a row the same was repaired. */
  readonly repeated: number
}

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
 * The milliseconds after a look for which changes are left alone: ten times its cost, at most five
 * seconds. So a host that never rests costs a tenth of a core. The wait doubles each time the same
 * is repaired again.
 */
export function restAfter({ cpuMs, repeated }: Looked): number {
  const once = Math.min(5000, Math.max(500, 10 * cpuMs))
  return Math.min(60_000, once * 2 ** Math.min(repeated, 10))
}

/** The time after a look in which changes are left alone. */
export interface Rest {
  /** How long it lasts still, in milliseconds; 0 or less once it is over. */
  leftMs(): number
  /** After a look, with the repairs made and the processor time taken. */
  begin(outcomes: readonly RepairOutcome[], cpuMs: number): void
}

/** No rest: nothing has been looked at. */
export function newRest(now: () => number): Rest {
  let untilMs = 0
  let tried = ''
  let repeated = 0
  return {
    leftMs: () => untilMs - now(),
    begin(outcomes, cpuMs) {
      const repairs = outcomes.map((each) => JSON.stringify(each.repair)).join()
      repeated = repairs !== '' && repairs === tried ? repeated + 1 : 0
      tried = repairs
      untilMs = now() + restAfter({ cpuMs, repeated })
    },
  }
}
