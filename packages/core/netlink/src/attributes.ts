import { join, type Octets, view } from './octets.ts'

const nestedFlag = 0x8000
const typeMask = 0x3fff
const headerLength = 4

/** One attribute: length and type in host order, the payload, zeros up to a multiple of 4. */
export function attribute(type: number, payload: Octets): Octets {
  const length = headerLength + payload.length
  const whole = new Uint8Array((length + 3) & ~3)
  whole.set([length, length >>> 8, type, type >>> 8])
  whole.set(payload, headerLength)
  return whole
}

/** An attribute that holds others, or a fixed header with others behind it. */
export function nested(type: number, parts: readonly Octets[]): Octets {
  return attribute(type | nestedFlag, join(parts))
}

interface FoundAttribute {
  /** Without the nested and byte order flags. */
  readonly type: number
  readonly payload: Octets
  /** Where it starts, in octets from the beginning of what was read. */
  readonly offset: number
}

/** The attributes of a payload, in order. Ends at the first that does not fit: the rest of a damaged message is left out. */
export function listAttributes(octets: Octets = new Uint8Array()): readonly FoundAttribute[] {
  const found: FoundAttribute[] = []
  eachAttribute(octets, (type, offset, end) => {
    found.push({ type, payload: octets.subarray(offset + headerLength, end), offset })
  })
  return found
}

/** The payloads of attributes by type; of several with one type the last counts, as in the kernel. */
export function readAttributes(octets: Octets): ReadonlyMap<number, Octets> {
  const found = new Map<number, Octets>()
  eachAttribute(octets, (type, offset, end) => {
    found.set(type, octets.subarray(offset + headerLength, end))
  })
  return found
}

/** The payload of the attribute behind a path of types; undefined when any is missing. */
export function payloadAt(octets: Octets | undefined, path: readonly number[]): Octets | undefined {
  let inside = octets
  for (const type of path) inside = inside && lastOf(inside, type)
  return inside
}

/** The 32-bit integer in network order behind a path of types; undefined when there is none. */
export function numberAt(octets: Octets | undefined, path: readonly number[]): number | undefined {
  const payload = payloadAt(octets, path)
  return payload?.length === 4 ? view(payload).getUint32(0) : undefined
}

function lastOf(octets: Octets, wanted: number): Octets | undefined {
  let found: Octets | undefined
  eachAttribute(octets, (type, offset, end) => {
    if (type === wanted) found = octets.subarray(offset + headerLength, end)
  })
  return found
}

function eachAttribute(
  octets: Octets,
  meet: (type: number, offset: number, end: number) => void,
): void {
  const numbers = view(octets)
  for (let offset = 0; offset + headerLength <= octets.length; ) {
    const length = numbers.getUint16(offset, true)
    if (length < headerLength || offset + length > octets.length) break
    meet(numbers.getUint16(offset + 2, true) & typeMask, offset, offset + length)
    offset += (length + 3) & ~3
  }
}
