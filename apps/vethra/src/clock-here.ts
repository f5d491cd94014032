import { scheduler, setTimeout } from 'node:timers/promises'
import type { World } from '@vethra/world'

/** The time that work may take before the event loop goes on, in milliseconds. */
const longestMs = 5

/** The clock of this host. */
export function clockHere(now: () => number): World['clock'] {
  let yieldedAt = now()
  return {
    now,
    sleep: async (ms) => void (await setTimeout(ms)),
    idle: async (ms) => void (await setTimeout(ms, undefined, { ref: false })),
    // Work on a thousand containers keeps a processor busy for half a second: a resolver answers between its parts.
    async yieldNow() {
      if (now() - yieldedAt < longestMs) return
      await scheduler.yield()
      yieldedAt = now()
    },
  }
}
