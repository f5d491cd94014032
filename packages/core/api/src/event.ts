/** The types of events, each with docker's name for its kind and for what happened. */
const kinds = {
  'network-created': ['network', 'create'],
  'network-removed': ['network', 'destroy'],
  'container-attached': ['container', 'attach'],
  'container-detached': ['container', 'detach'],
  'container-connected': ['network', 'connect'],
  'container-disconnected': ['network', 'disconnect'],
  'container-removed': ['container', 'destroy'],
  'reservation-released': ['reservation', 'release'],
  'finding-appeared': ['finding', 'appear'],
  'finding-gone': ['finding', 'disappear'],
  'repair-begun': ['repair', 'begin'],
  'repair-done': ['repair', 'done'],
  'repair-unneeded': ['repair', 'unneeded'],
  'repair-failed': ['repair', 'fail'],
  'look-failed': ['daemon', 'fail'],
  'daemon-started': ['daemon', 'start'],
  'daemon-stopping': ['daemon', 'stop'],
} as const

/** The kind of an event, which programs switch on. */
export type EventType = keyof typeof kinds

/** All types of events. */
export const eventTypes = Object.keys(kinds) as unknown as readonly [EventType, ...EventType[]]

/** The kind of the subject, and what happened to it: docker's names where it has some. */
export function kindOf(type: EventType): readonly [kind: string, event: string] {
  return kinds[type]
}

/** Something that is done to the host by a command, or seen on it by the daemon. */
export interface NewEvent {
  readonly Type: EventType
  /** One sentence for people. */
  readonly Message: string
  /** The subject, as people read it: a network, a container, an address; absent when it is the daemon itself. */
  readonly Subject?: string
  readonly Network?: string
  /** The id of the container; where a namespace alone is attached, its CNI container id. */
  readonly Container?: string
  /** The name of the container. */
  readonly Name?: string
  /** The containerd namespace. */
  readonly Namespace?: string
  readonly Interface?: string
  /** With their prefix lengths. */
  readonly Addresses?: readonly string[]
  /** The id of the finding that appeared or is gone. */
  readonly Finding?: string
  /** The kind of the repair. */
  readonly Repair?: string
  /** Why something failed or was not needed, innermost cause last. */
  readonly Causes?: readonly string[]
  /** How long it took, in milliseconds. */
  readonly DurationMs?: number
}

/** An event as it is kept: with its time and its writer. */
export interface KeptEvent extends NewEvent {
  /** RFC 3339, in UTC. */
  readonly Time: string
  /** The program that wrote it: `cli`, `oci-hook`, `oci-runtime` or `daemon`. */
  readonly By?: string
}

/** An event as `vethra events` shows it. */
export interface HostEvent extends KeptEvent {
  /** A whole number; later events have larger ones, whatever was restarted in between. */
  readonly ID: string
}
