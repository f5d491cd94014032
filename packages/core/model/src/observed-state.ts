import type { Reservation, SignsOfLife } from '@vethra/ipam'
import type { AttachmentRef } from './attachment-ref.ts'

/** What is on a host. */
export interface ObservedState {
  /** Milliseconds since 1970. */
  readonly nowMs: number
  readonly attachments: readonly ObservedAttachment[]
  readonly reservations: readonly ObservedReservation[]
  /** Of containers that may still live. */
  readonly signs: SignsOfLife
  /** Conf lists that cannot be used, and why. */
  readonly confFaults: readonly ObservedFault[]
}

/** What is remembered of an attachment. */
export interface ObservedAttachment extends AttachmentRef {
  /** Whether our runtime recorded it. */
  readonly recorded: boolean
  /** Whether what ADD returned is remembered. */
  readonly remembered: boolean
  /** Whether it is in DATA_STORE or recorded. */
  readonly ours: boolean
  /** The path of its namespace; empty when none is recorded. */
  readonly netns: string
  /** What is at that path: the namespace of then, nothing, another one, or nobody can tell. */
  readonly state: 'alive' | 'gone' | 'replaced' | 'unknown'
}

/** An address that is taken. */
export interface ObservedReservation {
  readonly network: string
  /** The folder that the network's own is in. */
  readonly dataDir: string
  readonly reservation: Reservation
}

/** Something that cannot be read. */
export interface ObservedFault {
  readonly file: string
  readonly reason: string
  readonly hint?: string
}
