import {
  addressBits,
  formatAddress,
  isCanonical,
  readAddress,
  readLiteral,
  withoutMapping,
} from '@vethra/address'

/** An address in canonical form (RFC 5952; an IPv4-mapped one as IPv4), or undefined when it is none. Zones and leading zeros are refused, as Go's net.ParseIP does. */
export function canonicalAddress(text: string): string | undefined {
  if (isCanonical(text)) return text
  const address = readAddress(text)
  return address && formatAddress(address)
}

/** An address and prefix length in canonical form, host bits kept, or undefined when it is none. */
export function canonicalCidr(text: string): string | undefined {
  const [, host = '', digits = ''] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? []
  if (isCanonical(host))
    return Number(digits) > addressBits(familyOf(host)) ? undefined : `${host}/${Number(digits)}`
  const literal = readLiteral(host)
  if (literal === undefined) return undefined
  const address = withoutMapping(literal)
  const bits = addressBits(address.family)
  // The length of an IPv4-mapped prefix counts 128 bits.
  const length = Number(digits) - (addressBits(literal.family) - bits)
  return length < 0 || length > bits ? undefined : `${formatAddress(address)}/${length}`
}

/** The family of a canonical address, with or without a prefix length. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}
