import type { RepairOutcome } from '@vethra/engine'
import { restAfter } from './settle.ts'

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
