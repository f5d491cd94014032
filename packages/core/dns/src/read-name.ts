import { malformed } from './octets.ts'

interface FoundName {
  /** Letter case kept, escaped as in DnsQuestion. */
  readonly spelling: string
  /** Where the octets behind it begin. */
  readonly end: number
}

/** Ends of names that pointers of one message lead to, by their offset. */
export type NameTails = Map<number, NameTail>

interface NameTail {
  readonly spelling: string
  /** In octets, without the root's. */
  readonly length: number
  readonly pointers: number
}

const longestName = 255
// A name has at most 127 labels, and a pointer that leads to no label serves nobody.
const mostPointers = 127

/** Reads the name at an offset. Throws CniError 6 for what RFC 1035, 4.1.4, forbids. A shared pointer's end is read once, by `tails`. */
export function readName(
  octets: Uint8Array,
  offset: number,
  tails: NameTails = new Map(),
): FoundName {
  const { spelling, end } = readLabels({ octets, tails }, offset, mostPointers)
  return { spelling: spelling === '' ? '.' : spelling, end }
}

interface Reading {
  readonly octets: Uint8Array
  readonly tails: NameTails
}

function readLabels(reading: Reading, offset: number, pointersLeft: number): NameTail & FoundName {
  const { octets, tails } = reading
  let at = offset
  let spelling = ''
  let length = 0
  for (;;) {
    const size = octetAt(octets, at)
    if (size === 0) return { spelling, length, pointers: 0, end: at + 1 }
    if (size >= 0xc0) {
      const target = ((size & 0x3f) << 8) | octetAt(octets, at + 1)
      if (target >= offset || pointersLeft === 0) throw malformed('a pointer leads astray')
      const tail = tails.get(target) ?? readLabels(reading, target, pointersLeft - 1)
      tails.set(target, tail)
      return { ...joined({ spelling, length }, tail), end: at + 2 }
    }
    if (size > 63) throw malformed('a label of unknown type')
    length += size + 1
    if (length >= longestName) throw malformed('a name is longer than 255 octets')
    if (at + size >= octets.length) throw malformed('a name is cut short')
    spelling += `${spelling === '' ? '' : '.'}${labelText(octets, at + 1, size)}`
    at += size + 1
  }
}

function joined(head: Pick<NameTail, 'spelling' | 'length'>, tail: NameTail): NameTail {
  const length = head.length + tail.length
  const pointers = tail.pointers + 1
  if (pointers > mostPointers) throw malformed('a pointer leads astray')
  if (length >= longestName) throw malformed('a name is longer than 255 octets')
  const dot = head.spelling === '' || tail.spelling === '' ? '' : '.'
  return { spelling: `${head.spelling}${dot}${tail.spelling}`, length, pointers }
}

function octetAt(octets: Uint8Array, at: number): number {
  const octet = octets[at]
  if (octet === undefined) throw malformed('a name is cut short')
  return octet
}

function labelText(octets: Uint8Array, start: number, size: number): string {
  let text = ''
  for (let at = start; at < start + size; at += 1) text += characters[octets[at] ?? 0]
  return text
}

const characters = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet)
  if (octet < 0x21 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`
  return character === '.' || character === '\\' ? `\\${character}` : character
})
