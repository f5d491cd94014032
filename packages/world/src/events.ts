import type { HostEvent, NewEvent } from '@vethra/api'

/** The history of what commands did on this host: each appends to it, and nobody waits for another. */
export interface Events {
  /** Adds an event. Never throws: one that cannot be kept is reported, and lost. */
  append(event: NewEvent): Promise<void>
  /** The events after the one of an id, by id; all that are kept for `0`. Throws CniError 5 where they must not be read. */
  after(id: string): Promise<EventsAfter>
  /** The id of the latest; `0` when there is none. Throws as `after` does. */
  latest(): Promise<string>
  /** Calls back soon after each change, until it is closed. */
  watch(onChange: () => void): EventWatch
}

/** Events that follow another. */
export interface EventsAfter {
  /** By id. */
  readonly events: readonly HostEvent[]
  /** Whether events between may no longer be kept. */
  readonly lost: boolean
}

/** A watch of the history. */
export interface EventWatch {
  /** Ends it. */
  close(): void
}
