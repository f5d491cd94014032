import {
  type Address,
  addressBits,
  compareAddresses,
  formatAddress,
  readLiteral,
} from './address.ts'
import { firstAddress, lastAddress, readCidr } from './prefix.ts'

/** Addresses of one family from the first to the last, both included. */
export interface Range {
  readonly first: Address
  readonly last: Address
}

/** The range in a text, else `undefined`: an address, a prefix (host bits allowed), or `10.0.0.7-10.0.0.9`. */
export function readRange(text: string): Range | undefined {
  const prefix = readCidr(text)?.prefix
  if (prefix) return { first: firstAddress(prefix), last: lastAddress(prefix) }
  const [first, last, ...more] = text.split('-').map(readLiteral)
  if (first === undefined || more.length > 0) return undefined
  if (!text.includes('-')) return { first, last: first }
  const isRange = last?.family === first.family && compareAddresses(first, last) <= 0
  return isRange && last ? { first, last } : undefined
}

/** A range as text: an address, a prefix, or `10.0.0.7-10.0.0.9` where it is neither. */
export function formatRange({ first, last }: Range): string {
  const size = last.value - first.value + 1n
  const host = size.toString(2).length - 1
  const text = formatAddress(first)
  if (host === 0) return text
  const isPrefix = size === 1n << BigInt(host) && first.value % size === 0n
  return isPrefix ? `${text}/${addressBits(first.family) - host}` : `${text}-${formatAddress(last)}`
}

/** The addresses of a family outside of a range: none, one range or two, ascending. */
export function outsideOf({ first, last }: Range): readonly Range[] {
  const { family } = first
  const most = (1n << BigInt(addressBits(family))) - 1n
  const below = { first: { family, value: 0n }, last: { family, value: first.value - 1n } }
  const above = { first: { family, value: last.value + 1n }, last: { family, value: most } }
  return [...(first.value > 0n ? [below] : []), ...(last.value < most ? [above] : [])]
}

/** The addresses in both of two ranges; undefined for none. */
export function commonRange(one: Range, other: Range): Range | undefined {
  const first = compareAddresses(one.first, other.first) > 0 ? one.first : other.first
  const last = compareAddresses(one.last, other.last) < 0 ? one.last : other.last
  return first.family === last.family && first.value <= last.value ? { first, last } : undefined
}
