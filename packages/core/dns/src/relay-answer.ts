import { answerLimit, writeOpt } from './assemble-answer.ts'
import { formatMessage } from './format-message.ts'
import type { DnsMessage } from './message.ts'
import { nameOctets } from './name-octets.ts'
import { dnsRcode } from './numbers.ts'
import { parseMessage } from './parse-message.ts'
import { viewOf } from './record-spans.ts'
import { ourEdns } from './reply.ts'

/** The octets of an answer that are kept: by `ageAnswer` and `relayAnswer` they serve whoever asks the same. */
export function keptAnswer(message: DnsMessage): Uint8Array {
  const { edns: _, ...bare } = message
  // Codes from 16 up need EDNS, and tell of the way between an upstream and us.
  const rcode = message.rcode > 15 ? dnsRcode.SERVFAIL : message.rcode
  return formatMessage({ ...bare, id: 0, rcode }, 65_535)
}

interface RelayedAnswer {
  /** The question. */
  readonly message: DnsMessage
  /** Those of `keptAnswer`, aged. */
  readonly octets: Uint8Array
  readonly isTcp: boolean
}

/** An answer of upstream with the asker's id, spelling and EDNS, cut to what the asker takes. */
export function relayAnswer({ message, octets, isTcp }: RelayedAnswer): Uint8Array {
  const { edns, questions } = message
  const limit = answerLimit(isTcp, edns)
  const relayed = new Uint8Array(octets.length + (edns ? 11 : 0))
  relayed.set(octets)
  writeBits(relayed, message)
  if (relayed.length > limit || viewOf(octets).getUint16(4) !== questions.length) {
    const answer = parseMessage(relayed.subarray(0, octets.length))
    const own = edns ? { edns: ourEdns(edns, []) } : {}
    return formatMessage({ ...answer, questions, ...own }, limit)
  }
  // The name is as long in any spelling.
  relayed.set(nameOctets(questions[0]?.spelling ?? questions[0]?.name ?? '.'), 12)
  if (edns) writeOpt(relayed, octets.length, edns.dnssecOk)
  if (edns) viewOf(relayed).setUint16(10, viewOf(octets).getUint16(10) + 1)
  return relayed
}

function writeBits(relayed: Uint8Array, { id, flags, edns }: DnsMessage): void {
  // RFC 6840, section 5.8: AD is for those who understand it.
  const mayBeAuthentic = flags.authenticData || edns?.dnssecOk === true
  const kept = (relayed[3] ?? 0) & (mayBeAuthentic ? 0x2f : 0x0f)
  relayed[0] = id >>> 8
  relayed[1] = id
  relayed[2] = 0x80 | (flags.recursionDesired ? 1 : 0)
  relayed[3] = 0x80 | (flags.checkingDisabled ? 0x10 : 0) | kept
}
