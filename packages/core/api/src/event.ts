/** The types of the daemon's events. */
export const eventTypes = [
  'daemon-started',
  'daemon-stopping',
  'finding-appeared',
  'finding-gone',
  'repair-begun',
  'repair-done',
  'repair-unneeded',
  'repair-failed',
  'look-failed',
  'network-created',
  'network-removed',
  'container-connected',
  'container-disconnected',
  'container-removed',
  'reservation-released',
] as const

/** The kind of an event, which programs switch on. */
export type EventType = (typeof eventTypes)[number]

/** Something that happened on the host or was done to it, as `vethra events` shows it. */
export interface DaemonEvent {
  /** A whole number; later events have larger ones, whatever was restarted in between. */
  readonly ID: string
  /** RFC 3339, in UTC. */
  readonly Time: string
  readonly Type: EventType
  /** One sentence for people. */
  readonly Message: string
  /**
   * The subject, as people read it: a network, a container, an address; absent when it is the
   * daemon itself.
   */
  readonly Subject?: string
  /** The id of the finding that appeared or is gone. */
  readonly Finding?: string
  /** The kind of the repair. */
  readonly Repair?: string
  /** Why something failed or was not needed, innermost cause last. */
  readonly Causes?: readonly string[]
  /** How long it took, in milliseconds. */
  readonly DurationMs?: number
}
