import { answerLimit, largestUdp } from './assemble-answer.ts'
import { formatMessage } from './format-message.ts'
import {
  type DnsEdns,
  type DnsMessage,
  type DnsOption,
  type DnsRecord,
  noFlags,
  noRecords,
} from './message.ts'

/** An answer that no zone and no upstream gave. */
export interface Reply {
  /** The question. */
  readonly message: DnsMessage
  /** `dnsRcode` names some. */
  readonly rcode: number
  readonly isTcp: boolean
  /** Default: none. */
  readonly answers?: readonly DnsRecord[]
  /** Why (RFC 8914): a code of that table, and a text of ASCII characters. Sent to those who speak EDNS. */
  readonly reason?: ExtendedError
}

/** An extended DNS error (RFC 8914). */
export interface ExtendedError {
  readonly code: number
  readonly text: string
}

const extendedError = 15

/** A reply to a question as octets: SERVFAIL when upstream is down, REFUSED, and the like. */
export function formatReply({ message, rcode, isTcp, answers = [], reason }: Reply): Uint8Array {
  const { id, opcode, questions, edns } = message
  const { recursionDesired, checkingDisabled } = message.flags
  const flags = { ...noFlags, response: true, recursionAvailable: true }
  const options = reason ? [errorOption(reason)] : []
  return formatMessage(
    {
      id,
      flags: { ...flags, recursionDesired, checkingDisabled },
      opcode,
      rcode,
      questions,
      ...noRecords,
      answers,
      ...(edns ? { edns: ourEdns(edns, options) } : {}),
    },
    answerLimit(isTcp, edns),
  )
}

/** The OPT record of an answer of ours, to one with that of the question. */
export function ourEdns({ dnssecOk }: DnsEdns, options: readonly DnsOption[]): DnsEdns {
  return { udpSize: largestUdp, dnssecOk, version: 0, options }
}

function errorOption({ code, text }: ExtendedError): DnsOption {
  const letters = Array.from(text, (each) => each.charCodeAt(0))
  return { code: extendedError, data: Uint8Array.of(code >>> 8, code, ...letters) }
}
