import type { DaemonEvent } from './event.ts'

/** Events that follow another. */
export interface EventsAfter {
  /** By id. */
  readonly events: readonly DaemonEvent[]
  /** Whether events between are no longer kept. */
  readonly lost: boolean
}

/** The latest events, and who waits for more. */
export interface EventLog {
  /** Takes an event and gives it its id and time: of two, the later one has the larger id. */
  add(nowMs: number, event: Omit<DaemonEvent, 'ID' | 'Time'>): DaemonEvent
  /** The events after the one of this id; all that are kept for 0. */
  after(id: number): EventsAfter
  /** The id of the latest; 0 when there was none. */
  latest(): number
  /** Calls back once, at the next event; returns what takes the wish back. */
  next(wake: () => void): () => void
  /** How many wait. */
  waiting(): number
}

/**
 * A log of events that keeps `kept` of them. Readers hold an id and ask for what came after it, so one
 * that is slow costs nothing. `before` are the events of an earlier process. Ids are times in
 * milliseconds where that makes them larger: they go on rising when all memory is lost.
 */
export function eventLog(kept: number, before: readonly DaemonEvent[] = []): EventLog {
  const events = before.slice(-kept)
  const waiting = new Set<() => void>()
  // Ids up to here may have been forgotten.
  let forgotten = before.length > kept ? Number(before.at(-kept - 1)?.ID) : 0
  const latest = () => Number(events.at(-1)?.ID ?? 0)
  return {
    add(nowMs, event) {
      const added = { ID: String(Math.max(latest() + 1, nowMs)), Time: timeOf(nowMs), ...event }
      events.push(added)
      if (events.length > kept) forgotten = Number(events.shift()?.ID)
      const woken = [...waiting]
      waiting.clear()
      for (const wake of woken) wake()
      return added
    },
    after: (id) => ({
      events: events.filter((each) => Number(each.ID) > id),
      lost: id > 0 && id < forgotten,
    }),
    latest,
    next(wake) {
      waiting.add(wake)
      return () => waiting.delete(wake)
    },
    waiting: () => waiting.size,
  }
}

function timeOf(ms: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: it writes a time that was handed in, and reads no clock.
  return new Date(ms).toISOString()
}
