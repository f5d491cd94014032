import { type DnsMessage, noFlags, noRecords } from './message.ts'
import { dnsClass, dnsType } from './numbers.ts'

// Of a domain that is nobody's (RFC 2606): unbound and systemd-resolved answer names in .test by themselves.
const suffix = '.vethra-loop.example'

/** A question to an upstream, `token` of 16 or so random hex digits: where it arrives here, the upstream asks us. */
export function loopProbe(token: string): DnsMessage {
  const name = `${token}${suffix}`
  return {
    id: 0,
    flags: { ...noFlags, recursionDesired: true },
    opcode: 0,
    rcode: 0,
    questions: [{ name, type: dnsType.TXT, class: dnsClass.IN }],
    ...noRecords,
  }
}

/** The token of a probe; undefined for any other question. */
export function loopToken({ questions: [question] }: DnsMessage): string | undefined {
  const name = question?.name ?? ''
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined
}
