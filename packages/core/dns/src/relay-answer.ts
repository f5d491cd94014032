import { answerLimit } from './assemble-answer.ts'
import { formatMessage } from './format-message.ts'
import type { DnsMessage } from './message.ts'
import { dnsRcode } from './numbers.ts'
import { parseMessage } from './parse-message.ts'
import { ourEdns } from './reply.ts'

/** The octets of an answer that are kept: by `ageAnswer` and `relayAnswer` they serve whoever asks the same. */
export function keptAnswer(message: DnsMessage): Uint8Array {
  const { edns: _, ...bare } = message
  // Codes from 16 up need EDNS, and tell of the way between an upstream and us.
  const rcode = message.rcode > 15 ? dnsRcode.SERVFAIL : message.rcode
  return formatMessage({ ...bare, id: 0, rcode }, 65_535)
}

/** An answer of upstream on its way to an asker. */
export interface RelayedAnswer {
  /** The question. */
  readonly message: DnsMessage
  /** Those of `keptAnswer`, aged. */
  readonly octets: Uint8Array
  readonly isTcp: boolean
}

/** An answer of upstream with the asker's id, spelling and EDNS, cut to what the asker takes. */
export function relayAnswer({ message, octets, isTcp }: RelayedAnswer): Uint8Array {
  const answer = parseMessage(octets)
  const { recursionDesired, checkingDisabled, authenticData } = message.flags
  const mayBeAuthentic = authenticData || message.edns?.dnssecOk === true
  const flags = {
    ...answer.flags,
    response: true,
    authoritative: false,
    truncated: false,
    recursionAvailable: true,
    recursionDesired,
    checkingDisabled,
    // RFC 6840, section 5.8: for those who understand it.
    authenticData: answer.flags.authenticData && mayBeAuthentic,
  }
  const { id, questions, edns } = message
  const relayed = { ...answer, id, questions, flags, ...(edns ? { edns: ourEdns(edns, []) } : {}) }
  return formatMessage(relayed, answerLimit(isTcp, edns))
}
