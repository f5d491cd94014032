import type { HostEvent } from '@vethra/api'

/** The filter, the range and the output of `vethra events`. */
export interface EventReading {
  /** The id of the event before them; undefined for new ones alone. */
  readonly after: string | undefined
  readonly follow: boolean
  /** Takes an event; false when no more are wanted. */
  readonly hand: (event: HostEvent) => boolean
  /** Called where events that were asked for may no longer be kept. */
  readonly onLost: () => void
  readonly now: () => number
}
