import type { ContainerRef } from '@vethra/cni'
import { type End, newBell } from './bell.ts'

/** The loop that has resolv.conf files say what the resolver answers. */
export interface Publisher {
  /** Containers whose files are due; those of all with `all`. */
  add(containers: readonly ContainerRef[] | 'all'): void
  run(end: End): Promise<void>
}

/** Updates resolv.conf beside answering: commands hold their lock. `publish` gets the due containers, none for all; it never rejects. */
export function newPublisher(
  publish: (only: readonly ContainerRef[] | undefined) => Promise<void>,
): Publisher {
  let due: readonly ContainerRef[] | 'all' = []
  const untold = newBell()
  return {
    add(containers) {
      due = due === 'all' || containers === 'all' ? 'all' : [...due, ...containers]
      untold.ring()
    },
    async run(end) {
      for (;;) {
        await Promise.race([end.reached, untold.rung()])
        if (end.isReached()) return
        untold.silence()
        const only = due === 'all' ? undefined : due
        due = []
        await publish(only)
      }
    },
  }
}
