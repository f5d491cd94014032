import { payloadAt } from './attributes.ts'
import type { ReceivedMessage } from './messages.ts'
import { textOf, view } from './octets.ts'

/** A request that the kernel refused. */
export interface Refusal {
  /** The sequence number of the refused message. */
  readonly sequence: number
  /** Positive, as in errno(3). */
  readonly errno: number
  /** The kernel's own words (NLMSGERR_ATTR_MSG); empty when it gave none. */
  readonly text: string
  /** Where the guilty attribute starts, in octets from the beginning of the refused message. */
  readonly offset?: number
}

/** The kernel's answers to a batch. */
export interface Answers {
  /** Messages that are neither acknowledgement, refusal nor end of a dump. */
  readonly messages: readonly ReceivedMessage[]
  readonly refusals: readonly Refusal[]
  /** Whether a dump saw a change in its midst (NLM_F_DUMP_INTR): ask again. */
  readonly interrupted: boolean
}

const errorType = 2
const doneType = 3
const tlvsFlag = 0x200
const interruptedFlag = 0x10

/** Sorts what was received; what was sent before `first` failed, and answers to it are left out. A refusal needs NETLINK_CAP_ACK on the socket, so that it does not repeat its request. */
export function sortAnswers(received: readonly ReceivedMessage[], first = 0): Answers {
  const messages: ReceivedMessage[] = []
  const refusals: Refusal[] = []
  let interrupted = false
  for (const each of received) {
    if (each.sequence < first) continue
    if (each.type !== errorType) interrupted ||= (each.flags & interruptedFlag) !== 0
    else if (errnoOf(each) !== 0) refusals.push(refusalOf(each))
    if (each.type !== errorType && each.type !== doneType) messages.push(each)
  }
  return { messages, refusals, interrupted }
}

/** Whether a message is the last of what the kernel answers to one request: acknowledgement, refusal, or the end of a dump. */
export function endsAnswer({ type }: ReceivedMessage): boolean {
  return type === errorType || type === doneType
}

function errnoOf({ body }: ReceivedMessage): number {
  return body.length < 4 ? 0 : -view(body).getInt32(0, true)
}

// Behind the number stands the header of the request, then attributes: 1 a text, 2 an offset.
function refusalOf(message: ReceivedMessage): Refusal {
  const { sequence, flags, body } = message
  const extra = (flags & tlvsFlag) === 0 ? new Uint8Array() : body.subarray(20)
  const offset = payloadAt(extra, [2])
  return {
    sequence,
    errno: errnoOf(message),
    text: textOf(payloadAt(extra, [1])),
    ...(offset?.length === 4 ? { offset: view(offset).getUint32(0, true) } : {}),
  }
}
