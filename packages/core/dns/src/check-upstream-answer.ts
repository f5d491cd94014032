import { orElse } from '@vethra/cni'
import type { DnsMessage, DnsQuestion } from './message.ts'
import { dnsRcode } from './numbers.ts'
import { tryParse } from './parse-message.ts'
import { questionsEnd, viewOf } from './record-spans.ts'

/** A message that came from where an upstream's answer is awaited. */
interface UpstreamAnswer {
  /** The question sent: `formatUpstreamQuery` gives it. */
  readonly question: DnsQuestion
  readonly id: number
  readonly answer: Uint8Array
}

type UpstreamCheck =
  | { readonly kind: 'accepted'; readonly message: DnsMessage }
  /** More than its UDP message could hold: ask by TCP. */
  | { readonly kind: 'truncated' }
  /** The awaited answer, and it cannot be read: ask another upstream. */
  | { readonly kind: 'malformed' }
  /** Not the answer to this question: go on waiting. */
  | { readonly kind: 'spoofed'; readonly reason: SpoofReason }

/** The part of a message that shows it is not the answer. */
type SpoofReason = 'short' | 'query' | 'id' | 'opcode' | 'question'

/** Tells the awaited answer from any other message (RFC 5452, section 9.1). The name is compared as it was spelled. */
export function checkUpstreamAnswer({ question, id, answer }: UpstreamAnswer): UpstreamCheck {
  const reason = spoofReason(question, id, answer)
  if (reason) return { kind: 'spoofed', reason }
  // By then the question has been compared; some cut a message in the middle of a record.
  if (((answer[2] ?? 0) & 2) !== 0) return { kind: 'truncated' }
  const message = tryParse(answer)
  return message ? { kind: 'accepted', message } : { kind: 'malformed' }
}

function spoofReason(
  question: DnsQuestion,
  id: number,
  answer: Uint8Array,
): SpoofReason | undefined {
  if (answer.length < 12) return 'short'
  const view = viewOf(answer)
  if (view.getUint16(0) !== id) return 'id'
  if ((view.getUint8(2) & 0x80) === 0) return 'query'
  if ((view.getUint8(2) & 0x78) !== 0) return 'opcode'
  const count = view.getUint16(4)
  // A server that could not read a question does not repeat it.
  if (count === 0 && isFailure(view.getUint8(3) & 15)) return undefined
  const found = count === 1 ? questionOf(answer) : undefined
  return found && isSame(question, found) ? undefined : 'question'
}

function isFailure(rcode: number): boolean {
  return rcode !== dnsRcode.NOERROR && rcode !== dnsRcode.NXDOMAIN
}

function questionOf(answer: Uint8Array): DnsQuestion | undefined {
  const end = orElse(() => questionsEnd(answer), undefined)
  if (end === undefined) return undefined
  // Not by slice(): that of Node's Buffer is the same memory.
  const alone = new Uint8Array(answer.subarray(0, end))
  alone.fill(0, 6, 12)
  return tryParse(alone)?.questions[0]
}

function isSame(one: DnsQuestion, other: DnsQuestion): boolean {
  const spelled = (one.spelling ?? one.name) === (other.spelling ?? other.name)
  return spelled && one.type === other.type && one.class === other.class
}
