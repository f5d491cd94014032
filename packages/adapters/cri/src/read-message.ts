/** The texts and messages of one field of a protocol buffers message, in order. Octets that are no field end the message. */
export function messagesAt(message: Uint8Array, field: number): readonly Uint8Array[] {
  const found: Uint8Array[] = []
  let at = 0
  while (at < message.length) {
    const tag = readVarint(message, at)
    const value = tag && skipValue(message, tag)
    if (value === undefined) break
    if (tag?.value === field * 8 + 2) found.push(message.subarray(value.start, value.end))
    at = value.end
  }
  return found
}

/** The last text of a field; empty where there is none. */
export function textAt(message: Uint8Array, field: number): string {
  return new TextDecoder().decode(messagesAt(message, field).at(-1))
}

interface Varint {
  readonly value: number
  /** The place behind it. */
  readonly end: number
}

// Up to 53 bits: numbers beyond are skipped over, and never a length.
function readVarint(message: Uint8Array, start: number): Varint | undefined {
  let value = 0
  for (let at = start; at < Math.min(message.length, start + 10); at += 1) {
    const octet = message[at] ?? 0
    value += (octet & 0x7f) * 2 ** (7 * (at - start))
    if (octet < 0x80) return { value, end: at + 1 }
  }
  return undefined
}

const fixedLengths: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

function skipValue(
  message: Uint8Array,
  { value: tag, end: start }: Varint,
): { readonly start: number; readonly end: number } | undefined {
  const wire = tag % 8
  const fixed = fixedLengths[wire]
  if (fixed !== undefined) return { start, end: start + fixed }
  const number = wire === 0 || wire === 2 ? readVarint(message, start) : undefined
  if (number === undefined) return undefined
  if (wire === 0) return { start, end: number.end }
  const end = number.end + number.value
  return end <= message.length ? { start: number.end, end } : undefined
}
