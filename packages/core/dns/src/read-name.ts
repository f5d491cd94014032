import { malformed } from './malformed.ts'

/** A name found in a message. */
export interface FoundName {
  /** Letter case kept, escaped as in DnsQuestion. */
  readonly spelling: string
  /** Where the octets behind it begin. */
  readonly end: number
}

const longestName = 255
// A name has at most 127 labels, and a pointer that leads to no label serves nobody.
const mostPointers = 127

/**
 * Reads the name at an offset. Throws CniError 6 when it leaves the message, is longer than 255 octets, has a label
 * type other than 0 and 3, or a pointer that does not lead backwards (RFC 1035, section 4.1.4).
 */
export function readName(octets: Uint8Array, offset: number): FoundName {
  let at = offset
  let lowest = offset
  let end: number | undefined
  let length = 1
  let pointers = 0
  let spelling = ''
  for (;;) {
    const size = octetAt(octets, at)
    if (size === 0) break
    if (size >= 0xc0) {
      end ??= at + 2
      at = ((size & 0x3f) << 8) | octetAt(octets, at + 1)
      pointers += 1
      if (at >= lowest || pointers > mostPointers) throw malformed('a pointer leads astray')
      lowest = at
      continue
    }
    if (size > 63) throw malformed('a label of unknown type')
    length += size + 1
    if (length > longestName) throw malformed('a name is longer than 255 octets')
    if (at + size >= octets.length) throw malformed('a name is cut short')
    spelling += `${spelling === '' ? '' : '.'}${labelText(octets, at + 1, size)}`
    at += size + 1
  }
  return { spelling: spelling === '' ? '.' : spelling, end: end ?? at + 1 }
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
