import { CniError, isDottedAddress } from '@vethra/spec'
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

/** The address that a text spells. Throws CniError 103 naming `what` and the text when it spells none. */
export function parseAddress(what: string, text: string): Address {
  const address = readAddress(text)
  if (address) return address
  throw new CniError({
    code: 103,
    message: `invalid ${what} ${JSON.stringify(text.slice(0, 64))}: not an IP address`,
    hint: 'Write an address like 10.4.0.2 or fd00::2: no leading zeros, brackets, zone or prefix length.',
  })
}

/** An address as text: dotted octets, or RFC 5952 (an IPv4-mapped one with dotted octets, section 5). */
export function formatAddress(address: Address): string {
  if (address.family === 4) return octets(address).join('.')
  if (address.value >> 32n === 0xffffn) return `::ffff:${octets(address).slice(12).join('.')}`
  return new ipaddr.IPv6([...octets(address)]).toRFC5952String()
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

/** Like readAddress, but an IPv4-mapped text stays IPv6. Not exported by the package. */
export function readLiteral(text: string): Address | undefined {
  const dotted = readDotted(text)
  if (dotted !== undefined) return { family: 4, value: dotted }
  const hex = withoutDottedTail(text)
  if (hex === undefined || !ipaddr.IPv6.isValid(hex)) return undefined
  const octets = ipaddr.IPv6.parse(hex).toByteArray()
  return { family: 6, value: octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n) }
}

// ipaddr.js reads "::1.2.3.4" as "::ffff:1.2.3.4" and takes octal octets there, so it never sees a dotted tail.
function withoutDottedTail(text: string): string | undefined {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined
  const cut = text.lastIndexOf(':') + 1
  const tail = text.slice(cut)
  if (!tail.includes('.')) return text
  const value = readDotted(tail)
  if (value === undefined) return undefined
  return `${text.slice(0, cut)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
}

function readDotted(text: string): bigint | undefined {
  if (!isDottedAddress(text)) return undefined
  let value = 0
  for (const octet of text.split('.')) value = value * 256 + Number(octet)
  return BigInt(value)
}

function octets({ family, value }: Address): readonly number[] {
  const found: number[] = []
  for (let shift = addressBits(family) - 8; shift >= 0; shift -= 8)
    found.push(Number((value >> BigInt(shift)) & 0xffn))
  return found
}
