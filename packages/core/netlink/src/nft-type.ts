import {
  firstAddress,
  formatAddress,
  fromOctets,
  lastAddress,
  readCidr,
  toOctets,
} from '@vethra/address'
import { addressOctets } from './encode-route-op.ts'
import { atLeast, bareText, be16, join, type Octets, padded, textOf, u8 } from './octets.ts'

/** A type of a set's keys or a map's data, by nft's name. */
export type NftType = keyof typeof types

/** Values of one element's key or data, a text each: an address, a port, a protocol's name, an interface. */
export type NftValue = readonly string[]

// Numbers are nft's own (libnftables, datatype.h), for what lists the ruleset; lengths in octets.
const types = {
  ipv4_addr: { number: 7, length: 4 },
  ipv6_addr: { number: 8, length: 16 },
  inet_proto: { number: 12, length: 1 },
  inet_service: { number: 13, length: 2 },
  ifname: { number: 41, length: 16 },
} as const

const protocols: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  ipv6_icmp: 58,
  sctp: 132,
}

const protocolNames = new Map(Object.entries(protocols).map(([name, number]) => [number, name]))

/** The number of a joined type: six bits for each field. */
export function typeNumber(fields: readonly NftType[]): number {
  return fields.reduce((sum, field) => (sum << 6) | types[field].number, 0)
}

/** How many octets a value takes: each field of a joined one is padded to a multiple of 4. */
export function typeLength(fields: readonly NftType[]): number {
  return fieldLengths(fields).reduce((sum, length) => sum + length, 0)
}

/** How many octets each field takes. */
export function fieldLengths(fields: readonly NftType[]): readonly number[] {
  const lengths = fields.map((field) => types[field].length)
  return fields.length === 1 ? lengths : lengths.map((length) => (length + 3) & ~3)
}

/** NFTNL_UDATA_SET_*BYTEORDER: 0 for joined types, 1 host order, 2 network order. */
export function byteOrder(fields: readonly NftType[]): 0 | 1 | 2 {
  if (fields.length > 1) return 0
  return fields[0] === 'ifname' || fields[0] === 'inet_proto' ? 1 : 2
}

/** The octets of a value. Throws RangeError naming a field that its type does not have. */
export function encodeValue(fields: readonly NftType[], value: NftValue): Octets {
  if (fields.length !== value.length)
    throw new RangeError(`${value.join(' . ')}: ${fields.length} fields wanted`)
  const parts = fields.map((field, index) => encodeField(field, value[index] ?? ''))
  return join(fields.length === 1 ? parts : parts.map(padded))
}

function encodeField(type: NftType, text: string): Octets {
  if (type === 'ifname') return atLeast(bareText(text), 16)
  if (type === 'inet_proto') return u8(knownNumber(protocols[text], type, text))
  if (type === 'inet_service') return be16(portNumber(text))
  const { octets } = addressOctets(text)
  if (octets.length !== types[type].length) throw new RangeError(`not an ${type}: ${text}`)
  return octets
}

function portNumber(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 65536
  return knownNumber(port < 65536 ? port : undefined, 'inet_service', text)
}

function knownNumber(found: number | undefined, type: NftType, text: string): number {
  if (found === undefined) throw new RangeError(`not an ${type}: ${text}`)
  return found
}

/** The values that octets hold; undefined when their length is not that of the type. */
export type ValueReader = (octets: Octets) => NftValue | undefined

/** Reads values of a type, many of them. */
export function valueReader(fields: readonly NftType[]): ValueReader {
  let whole = 0
  const parts = fieldLengths(fields).map((length, index) => {
    const field = fields[index] as NftType
    const start = whole
    whole += length
    return { field, start, end: start + types[field].length }
  })
  return (octets) =>
    octets.length < whole
      ? undefined
      : parts.map(({ field, start, end }) => decodeField(field, octets.subarray(start, end)))
}

function decodeField(type: NftType, octets: Octets): string {
  if (type === 'ifname') return textOf(octets)
  if (type === 'inet_service') return String(((octets[0] ?? 0) << 8) | (octets[1] ?? 0))
  if (type !== 'inet_proto') return addressText(octets)
  return protocolNames.get(octets[0] ?? 0) ?? String(octets[0])
}

/** The text of an address of 4 or 16 octets: dotted, or RFC 5952. */
export function addressText(octets: Octets): string {
  return formatAddress(fromOctets(octets))
}

/** The first and the last address of a prefix. Throws RangeError for a text that is none. */
export function prefixBounds(prefix: string): { readonly first: Octets; readonly last: Octets } {
  const found = readCidr(prefix)?.prefix
  if (found === undefined) throw new RangeError(`not a prefix: ${prefix}`)
  return { first: toOctets(firstAddress(found)), last: toOctets(lastAddress(found)) }
}
