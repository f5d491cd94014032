import type { Events } from '@vethra/world'

/** The readers of events that wait for the next. */
export interface EventReaders {
  /** Calls back once, at the next event; returns what takes the wish back. */
  next(wake: () => void): () => void
  /** How many wait. */
  waiting(): number
  close(): void
}

/** Readers of a history that is watched from now on: what comes between a read and the wish for more wakes its reader, too. */
export function eventReaders(events: Pick<Events, 'watch'>): EventReaders {
  const waiting = new Set<() => void>()
  const watch = events.watch(() => {
    const woken = [...waiting]
    waiting.clear()
    for (const wake of woken) wake()
  })
  return {
    next(wake) {
      waiting.add(wake)
      return () => waiting.delete(wake)
    },
    waiting: () => waiting.size,
    close: () => watch.close(),
  }
}
