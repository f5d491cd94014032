import { readAddress, toOctets } from '@vethra/address'

/** The octets of an address in text: 4 or 16; undefined when it is none. A zone or a prefix length behind it is left out. */
export function addressOctets(text: string): Uint8Array | undefined {
  const bare = /^[^%/]*/.exec(text)?.[0] ?? ''
  const address = readAddress(bare)
  return address && toOctets(address)
}

/** The octets of an address as a key of a Map: a number for IPv4, which takes no memory of its own. */
export function addressKey(octets: Uint8Array): string | number {
  const [first = 0, second = 0, third = 0, last = 0] = octets
  if (octets.length === 4) return (first << 24) | (second << 16) | (third << 8) | last
  return String.fromCharCode(...octets)
}

/** Whether an address is the host's own: of 127.0.0.0/8, or ::1. */
export function isLoopback(octets: Uint8Array): boolean {
  if (octets.length === 4) return octets[0] === 127
  return octets.every((octet, at) => octet === (at === 15 ? 1 : 0))
}
