/** What the wait before the next look depends on. */
export interface Looked {
  /** The processor time that the last look took, in milliseconds. */
  readonly cpuMs: number
  /** How many times in a row the same was repaired. */
  readonly repeated: number
}

/** How long a burst of changes is waited for, in milliseconds. */
export const quietMs = 300

/**
 * How long after a look changes are left alone, in milliseconds: ten times what a look costs, but no
 * more than five seconds, so that a host that never rests costs a tenth of a core; and twice as long each time the same is
 * repaired again, as when a repair does not help.
 */
export function restAfter({ cpuMs, repeated }: Looked): number {
  const once = Math.min(5000, Math.max(500, 10 * cpuMs))
  return Math.min(60_000, once * 2 ** Math.min(repeated, 10))
}
