import { type Address, formatAddress, readAddress } from '@vethra/address'

/** The octets of an address in text: 4 or 16; undefined when it is none. A prefix length behind it is left out. */
export function addressOctets(text: string): Uint8Array | undefined {
  const address = readAddress(text.replace(/\/.*$/s, ''))
  return address && octetsOf(address)
}

/** An address as text, of its 4 or 16 octets. */
export function octetsAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  return formatAddress({ family: 6, value: numberOf(octets) })
}

/** The one spelling of an address; undefined when it is none. An IPv4-mapped one is IPv4, a zone or length is left out. */
export function canonicalAddress(text: string): string | undefined {
  const address = readAddress(text.replace(/[/%].*$/s, ''))
  return address && formatAddress(address)
}

function octetsOf({ family, value }: Address): Uint8Array {
  const length = family === 4 ? 4 : 16
  return Uint8Array.from({ length }, (_, at) =>
    Number((value >> BigInt(8 * (length - 1 - at))) & 255n),
  )
}

function numberOf(octets: Uint8Array): bigint {
  return octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
}
