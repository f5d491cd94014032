import ipaddr from 'ipaddr.js'

/** 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6

/** An address as a number, so that it can be counted with. */
export interface Address {
  readonly family: Family
  /** 0 to 2^32−1 or 2^128−1. */
  readonly value: bigint
}

/** How many bits an address of the family has: 32 or 128. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128
}

/**
 * The address that a text spells, `undefined` when it spells none. Strict: four decimal octets
 * without leading zeros, or RFC 4291 2.2 without a zone. An IPv4-mapped text (`::ffff:10.0.0.1`) is
 * the IPv4 address that it maps, as Go's net.IP has it.
 */
export function readAddress(text: string): Address | undefined {
  const literal = readLiteral(text)
  const mapped = literal?.family === 6 && literal.value >> 32n === 0xffffn
  return mapped ? { family: 4, value: literal.value & 0xffffffffn } : literal
}

/** An address as text: dotted octets, or RFC 5952 (an IPv4-mapped one with dotted octets, section 5). */
export function formatAddress(address: Address): string {
  if (address.family === 4) return octets(address).join('.')
  if (address.value >> 32n === 0xffffn) return `::ffff:${octets(address).slice(12).join('.')}`
  return new ipaddr.IPv6([...octets(address)]).toRFC5952String()
}

/** Whether an address is spelled as `formatAddress` spells it. IPv4 is decided without making a number of it. */
export function isCanonical(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return true
  const address = readAddress(text)
  return address !== undefined && formatAddress(address) === text
}

/** Negative when `a` sorts before `b`, 0 when they are equal: IPv4 first, then as numbers. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
}

/** The address `step` after (before, when negative) this one; `undefined` past either end of the family. */
export function addAddress(address: Address, step: bigint): Address | undefined {
  const value = address.value + step
  if (value < 0n || value >> BigInt(addressBits(address.family)) !== 0n) return undefined
  return { family: address.family, value }
}

/** Like readAddress, but an IPv4-mapped text stays IPv6. */
export function readLiteral(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return fromOctets(4, ipaddr.IPv4.parse(text))
  const hex = withoutDottedTail(text)
  if (hex === undefined || !ipaddr.IPv6.isValid(hex)) return undefined
  return fromOctets(6, ipaddr.IPv6.parse(hex))
}

/** Whether an address is the machine itself: of 127.0.0.0/8 or 0.0.0.0/8, ::1 or ::. */
export function isLocal({ family, value }: Address): boolean {
  return family === 4 ? [0n, 127n].includes(value >> 24n) : value <= 1n
}

// ipaddr.js reads "::1.2.3.4" as "::ffff:1.2.3.4" and takes octal octets there, so it never sees a dotted tail.
function withoutDottedTail(text: string): string | undefined {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined
  const cut = text.lastIndexOf(':') + 1
  const tail = text.slice(cut)
  if (!tail.includes('.')) return text
  if (!ipaddr.IPv4.isValidFourPartDecimal(tail)) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).toByteArray()
  return `${text.slice(0, cut)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

function fromOctets(family: Family, address: ipaddr.IPv4 | ipaddr.IPv6): Address {
  const value = address.toByteArray().reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
  return { family, value }
}

function octets({ family, value }: Address): readonly number[] {
  const count = addressBits(family) / 8
  return Array.from({ length: count }, (_, index) =>
    Number((value >> BigInt(8 * (count - 1 - index))) & 0xffn),
  )
}
