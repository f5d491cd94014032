import { largestUdp } from './assemble-answer.ts'
import { formatMessage } from './format-message.ts'
import { type DnsMessage, type DnsQuestion, noFlags, noRecords } from './message.ts'

interface UpstreamQuery {
  /** A question that `answerQuestion` left to upstream. */
  readonly message: DnsMessage
  /** A random number of 16 bits. */
  readonly id: number
  /** Whether EDNS is spoken. Default: true; false for an upstream that answered FORMERR to it. */
  readonly hasEdns?: boolean
}

/** The query for upstream: the question alone, with the asker's DNSSEC bits (RFC 4035, section 3.2; RFC 6840, section 5.7). */
export function formatUpstreamQuery(
  query: UpstreamQuery,
): { readonly question: DnsQuestion; readonly octets: Uint8Array } | undefined {
  const { message, id, hasEdns = true } = query
  const [asked] = message.questions
  if (!asked) return undefined
  const { spelling: _, ...question } = asked
  const dnssecOk = message.edns?.dnssecOk ?? false
  const { checkingDisabled } = message.flags
  const octets = formatMessage(
    {
      id,
      flags: { ...noFlags, recursionDesired: true, authenticData: true, checkingDisabled },
      opcode: 0,
      rcode: 0,
      questions: [question],
      ...noRecords,
      ...(hasEdns ? { edns: { udpSize: largestUdp, dnssecOk, version: 0, options: [] } } : {}),
    },
    largestUdp,
  )
  return { question, octets }
}

/** The key that two questions share when one answer serves both: name, type, class and DNSSEC bits. */
export function cacheKey({ questions: [question], edns, flags }: DnsMessage): string {
  const bits = (edns?.dnssecOk ? 2 : 0) | (flags.checkingDisabled ? 1 : 0)
  return `${question?.name} ${question?.type} ${question?.class} ${bits}`
}
