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

/** The address in a text, else `undefined`: strict, octets without leading zeros, no zone. `::ffff:10.0.0.1` is IPv4, as in Go's net.IP. */
export function readAddress(text: string): Address | undefined {
  const literal = readLiteral(text)
  return literal && withoutMapping(literal)
}

/** The IPv4 address that an IPv4-mapped one maps; any other as it is. */
export function withoutMapping(address: Address): Address {
  const mapped = address.family === 6 && address.value >> 32n === 0xffffn
  return mapped ? { family: 4, value: address.value & 0xffffffffn } : address
}

/** An address as text: dotted octets, or RFC 5952 (an IPv4-mapped one with dotted octets, section 5). */
export function formatAddress(address: Address): string {
  if (address.family === 4) return dotted(address.value)
  const mapped = withoutMapping(address)
  if (mapped.family === 4) return `::ffff:${dotted(mapped.value)}`
  return new ipaddr.IPv6([...toOctets(address)]).toRFC5952String()
}

/** Whether an address is spelled as `formatAddress` spells it. IPv4 is decided without making a number of it. */
export function isCanonical(text: string): boolean {
  if (isDotted(text)) return true
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
  if (isDotted(text)) return { family: 4, value: BigInt(numberOf(text)) }
  const hex = withoutDottedTail(text)
  if (hex === undefined || !ipaddr.IPv6.isValid(hex)) return undefined
  return fromOctets(Uint8Array.from(ipaddr.IPv6.parse(hex).toByteArray()))
}

/** The octets of an address in network order: 4 or 16. */
export function toOctets({ family, value }: Address): Uint8Array {
  const view = new DataView(new ArrayBuffer(addressBits(family) / 8))
  if (family === 4) view.setUint32(0, Number(value))
  else {
    view.setBigUint64(0, value >> 64n)
    view.setBigUint64(8, value)
  }
  return new Uint8Array(view.buffer)
}

/** The address that 4 or 16 octets in network order are; an IPv4-mapped one stays IPv6. */
export function fromOctets(octets: Uint8Array): Address {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  if (octets.length === 4) return { family: 4, value: BigInt(view.getUint32(0)) }
  return { family: 6, value: (view.getBigUint64(0) << 64n) | view.getBigUint64(8) }
}

/** An address as /proc/net/tcp has it: hex words in the machine's order; an IPv4-mapped one stays IPv6. */
export function readProcAddress(digits: string, order: 'LE' | 'BE'): Address {
  const octets = Uint8Array.from(digits.match(/../g) ?? [], (each) => Number.parseInt(each, 16))
  for (let at = 0; at < octets.length; at += 4)
    if (order === 'LE') octets.subarray(at, at + 4).reverse()
  return fromOctets(octets)
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
  if (!isDotted(tail)) return undefined
  const value = numberOf(tail)
  return `${text.slice(0, cut)}${Math.floor(value / 65536).toString(16)}:${(value % 65536).toString(16)}`
}

const octet = String.raw`(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])`
const dottedOctets = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

// Thousands are read at once: one expression decides, where ipaddr.js tries several.
function isDotted(text: string): boolean {
  return dottedOctets.test(text)
}

function numberOf(text: string): number {
  let number = 0
  for (const each of text.split('.')) number = number * 256 + Number(each)
  return number
}

function dotted(value: bigint): string {
  const bits = Number(value)
  return [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255].join('.')
}
