import type { ContainerRef } from '@vethra/cni'
import { newSignal, type Stop } from './signal.ts'

/** The loop that has resolv.conf files say what the resolver answers. */
export interface Publisher {
  /** Containers whose files are due; those of all with `all`. */
  add(containers: readonly ContainerRef[] | 'all'): void
  run(stop: Stop): Promise<void>
}

/** Updates resolv.conf beside answering: commands hold their lock. `publish` gets the due containers, none for all; it never rejects. */
export function newPublisher(
  publish: (only: readonly ContainerRef[] | undefined) => Promise<void>,
): Publisher {
  let due: readonly ContainerRef[] | 'all' = []
  const untold = newSignal()
  return {
    add(containers) {
      due = due === 'all' || containers === 'all' ? 'all' : [...due, ...containers]
      untold.set()
    },
    async run(stop) {
      for (;;) {
        await Promise.race([stop.ordered, untold.wait()])
        if (stop.isOrdered()) return
        untold.clear()
        const only = due === 'all' ? undefined : due
        due = []
        await publish(only)
      }
    },
  }
}
