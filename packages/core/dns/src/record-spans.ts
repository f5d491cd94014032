import { malformed } from './octets.ts'

/** Where a record lies in a message, in octets from its beginning. */
export interface RecordSpan {
  readonly section: 'answer' | 'authority' | 'additional'
  readonly type: number
  readonly start: number
  readonly end: number
  /** Where its type is: class, TTL and length follow. */
  readonly typeAt: number
}

const sections = ['answer', 'authority', 'additional'] as const

/** Where the questions of a message end. Throws CniError 6 when they leave it. */
export function questionsEnd(octets: Uint8Array): number {
  const view = viewOf(octets)
  if (octets.length < 12) throw malformed('it is shorter than a header')
  let at = 12
  for (let left = view.getUint16(4); left > 0; left -= 1) at = skipName(octets, at) + 4
  if (at > octets.length) throw malformed('a question is cut short')
  return at
}

/** Where the records of a message lie, in their order. Throws CniError 6 when they leave it. */
export function recordSpans(octets: Uint8Array): readonly RecordSpan[] {
  const view = viewOf(octets)
  let at = questionsEnd(octets)
  const spans: RecordSpan[] = []
  for (const [index, section] of sections.entries()) {
    for (let left = view.getUint16(6 + 2 * index); left > 0; left -= 1) {
      const typeAt = skipName(octets, at)
      if (typeAt + 10 > octets.length) throw malformed('a record is cut short')
      const end = typeAt + 10 + view.getUint16(typeAt + 8)
      if (end > octets.length) throw malformed('a record is cut short')
      spans.push({ section, type: view.getUint16(typeAt), start: at, end, typeAt })
      at = end
    }
  }
  return spans
}

/** A DataView of the same octets. */
export function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
}

function skipName(octets: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const size = octets[at]
    if (size === undefined) throw malformed('a name is cut short')
    if (size >= 0xc0) return at + 2
    if (size > 63) throw malformed('a label of unknown type')
    at += size + 1
    if (size === 0) return at
  }
}
