import { isDottedAddress } from '@vethra/spec'
import ipaddr from 'ipaddr.js'

/** An address in canonical form (RFC 5952; an IPv4-mapped one as IPv4), or undefined when it is none. Zones and leading zeros are refused, as Go's net.ParseIP does. */
export function canonicalAddress(text: string): string | undefined {
  return isDottedAddress(text) ? text : parse(text)?.address.toString()
}

/** An address and prefix length in canonical form, host bits kept, or undefined when it is none. */
export function canonicalCidr(text: string): string | undefined {
  const slash = text.indexOf('/')
  const digits = text.slice(slash + 1)
  if (slash < 0 || !/^\d{1,3}$/.test(digits)) return undefined
  const bare = text.slice(0, slash)
  if (isDottedAddress(bare)) return Number(digits) > 32 ? undefined : `${bare}/${Number(digits)}`
  const parsed = parse(bare)
  if (parsed === undefined) return undefined
  const length = Number(digits) - (parsed.mapped ? 96 : 0)
  const limit = parsed.address.kind() === 'ipv4' ? 32 : 128
  return length < 0 || length > limit ? undefined : `${parsed.address}/${length}`
}

/** The family of a canonical address, with or without a prefix length. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

function parse(text: string): { address: ipaddr.IPv4 | ipaddr.IPv6; mapped: boolean } | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.IPv6.parse(text)
  return address.isIPv4MappedAddress()
    ? { address: address.toIPv4Address(), mapped: true }
    : { address, mapped: false }
}
