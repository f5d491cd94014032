import type { DnsMessage } from './message.ts'
import type { Zone } from './zone.ts'

/** A question that has arrived. */
export interface AskedQuestion {
  readonly octets: Uint8Array
  readonly zone: Zone
  /** The source address of the question. */
  readonly askerAddress: string
  /** The network whose resolver was asked: see `visibleTo`. */
  readonly network?: string
  /** Whether it came by TCP, where an answer may be long. */
  readonly isTcp: boolean
  /** A number that grows from question to question: by it, containers with one alias take turns at being first. */
  readonly rotation: number
}

/** The fate of a question. */
export type AnswerOutcome =
  | { readonly kind: 'answer'; readonly octets: Uint8Array }
  /** For the host's resolvers to answer; `relayAnswer` fits what they say to the question. */
  | { readonly kind: 'upstream'; readonly message: DnsMessage }
  /** An answer, or no message at all: nothing is sent. */
  | { readonly kind: 'drop' }
