import { isDottedAddress } from '@vethra/spec'
import ipaddr from 'ipaddr.js'

/** An address as hosts files have it. */
export interface HostAddress {
  /** Canonical: RFC 5952, and an IPv4-mapped one as IPv4, as Go prints it. */
  readonly text: string
  /** Sorts as the numbers do, IPv4 before IPv6. */
  readonly order: string
  /** Whether it can be another machine's: neither loopback nor unspecified. */
  readonly remote: boolean
}

/** Reads an IP address, without zone, brackets or leading zeros (Go's net.ParseIP); undefined when the text is none. */
export function hostAddress(text: string): HostAddress | undefined {
  if (isDottedAddress(text)) return of4(text)
  const address = parse(text)
  if (address === undefined) return undefined
  if (address.kind() === 'ipv4') return of4(address.toString())
  const octets = address.toByteArray()
  return { text: address.toString(), order: `6${hex(octets)}`, remote: octets.some(isRemote6) }
}

function of4(text: string): HostAddress {
  const octets = text.split('.').map(Number)
  return { text, order: `4${hex(octets)}`, remote: isRemote4(octets) }
}

function isRemote4(octets: readonly number[]): boolean {
  return octets[0] !== 127 && octets.some((octet) => octet !== 0)
}

// Neither :: nor ::1.
function isRemote6(octet: number, index: number): boolean {
  return octet > (index === 15 ? 1 : 0)
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.IPv6.parse(text)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

function hex(octets: readonly number[]): string {
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')
}
