import { formatAddress, fromOctets } from '@vethra/address'
import type { DnsRecord } from './message.ts'
import { nameOctets } from './name-octets.ts'
import { dnsClass, dnsType } from './numbers.ts'

/** Whose record it is, and how many seconds it may be kept. */
export interface RecordHead {
  readonly name: string
  readonly ttl: number
}

/** An A or AAAA record, of the 4 or 16 octets of an address. */
export function addressRecord(head: RecordHead, octets: Uint8Array): DnsRecord {
  return record(head, octets.length === 4 ? dnsType.A : dnsType.AAAA, [octets])
}

/** A PTR record. */
export function pointerRecord(head: RecordHead, target: string): DnsRecord {
  return record(head, dnsType.PTR, [target])
}

/** An SRV record (RFC 2782), priority and weight 0. */
export function serviceRecord(head: RecordHead, port: number, target: string): DnsRecord {
  return record(head, dnsType.SRV, [Uint8Array.of(0, 0, 0, 0, port >>> 8, port), target])
}

/** A TXT record of one text of at most 255 ASCII characters. */
export function textRecord(head: RecordHead, text: string): DnsRecord {
  return record(head, dnsType.TXT, [characterString(text)])
}

/** The HINFO record that answers ANY (RFC 8482, section 4.2). */
export function anyRecord(head: RecordHead): DnsRecord {
  return record(head, dnsType.HINFO, [Uint8Array.of(...characterString('RFC8482'), 0)])
}

/** The SOA record of negative answers: they may be kept as long as its TTL (RFC 2308, section 3). */
export function authorityRecord(head: RecordHead, serial: number): DnsRecord {
  const seconds = [serial, 3600, 600, 86400, head.ttl]
  const octets = seconds.flatMap((each) => [each >>> 24, each >>> 16, each >>> 8, each])
  // Names as octets have no pointers, so that the record is the same behind every question.
  return record(head, dnsType.SOA, [Uint8Array.from([...ourServer, ...octets])])
}

// dns.vethra and root.dns.vethra.
const ourServer = ['dns.vethra', 'root.dns.vethra'].flatMap((name) => [...nameOctets(name)])

/** The address of an A or AAAA record; undefined for any other. */
export function recordAddress({ type, data: [octets] }: DnsRecord): string | undefined {
  const length = type === dnsType.A ? 4 : type === dnsType.AAAA ? 16 : undefined
  if (!(octets instanceof Uint8Array) || octets.length !== length) return undefined
  return formatAddress(fromOctets(octets))
}

function record({ name, ttl }: RecordHead, type: number, data: DnsRecord['data']): DnsRecord {
  return { name, type, class: dnsClass.IN, ttl, data }
}

function characterString(text: string): Uint8Array {
  return Uint8Array.from([text.length, ...Array.from(text, (each) => each.charCodeAt(0))])
}
