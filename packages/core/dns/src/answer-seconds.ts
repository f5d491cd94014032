import type { DnsMessage, DnsRecord } from './message.ts'
import { dnsRcode, dnsType } from './numbers.ts'
import { viewOf } from './record-spans.ts'

const day = 86_400
// RFC 2308, section 5, has one to three of them.
const hour = 3_600

/** How long to keep an answer, in seconds: its lowest TTL (a day), the SOA's for NXDOMAIN (an hour), 1 for failures (RFC 2308, 9520). */
export function answerSeconds(message: DnsMessage): number {
  const { rcode, answers, authorities } = message
  if (rcode !== dnsRcode.NOERROR && rcode !== dnsRcode.NXDOMAIN) return 1
  const lowest = Math.min(...answers.map(({ ttl }) => ttl))
  if (isPositive(message)) return Math.min(lowest, day)
  const soa = authorities.find(({ type }) => type === dnsType.SOA)
  return soa ? Math.min(negativeSeconds(soa), lowest, hour) : 0
}

// A chain of aliases that ends in nothing is a negative answer (RFC 2308, section 2.2).
function isPositive({ rcode, answers, questions: [question] }: DnsMessage): boolean {
  const isWanted = ({ type }: DnsRecord) =>
    type === question?.type || question?.type === dnsType.ANY
  return rcode === dnsRcode.NOERROR && answers.some(isWanted)
}

function negativeSeconds({ ttl, data }: DnsRecord): number {
  const numbers = data.at(-1)
  if (!(numbers instanceof Uint8Array) || numbers.length < 20) return 0
  const minimum = viewOf(numbers).getUint32(numbers.length - 4)
  return minimum > 0x7fffffff ? 0 : Math.min(ttl, minimum)
}
