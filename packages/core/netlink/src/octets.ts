/** Octets of a message. Little-endian hosts only, as rtnetlink's integers are in host order. */
export type Octets = Uint8Array

/** One octet. */
export function u8(value: number): Octets {
  return Uint8Array.of(value)
}

/** A 16-bit integer in host order. */
export function u16(value: number): Octets {
  return Uint8Array.of(value, value >>> 8)
}

/** A 32-bit integer in host order; negative ones as two's complement. */
export function u32(value: number): Octets {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}

/** A 16-bit integer in network order. */
export function be16(value: number): Octets {
  return Uint8Array.of(value >>> 8, value)
}

/** A 32-bit integer in network order; negative ones as two's complement. */
export function be32(value: number): Octets {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** A 64-bit integer in network order. */
export function be64(value: bigint): Octets {
  const octets = new Uint8Array(8)
  view(octets).setBigUint64(0, value)
  return octets
}

/** A text in UTF-8, without a NUL. Throws RangeError for a text with one. */
export function bareText(text: string): Octets {
  return nulText(text).subarray(0, -1)
}

/** A text in UTF-8 and the NUL that ends it: an interface of others may have any name. Throws RangeError for a text with a NUL. */
export function nulText(text: string): Octets {
  if (text.includes('\0')) throw new RangeError(`NUL in ${JSON.stringify(text)}`)
  const codes = /[^\0-\x7f]/.test(text) ? utf8Codes(text) : text
  const octets = new Uint8Array(codes.length + 1)
  for (let at = 0; at < codes.length; at += 1) octets[at] = codes.charCodeAt(at)
  return octets
}

// One character for each octet.
function utf8Codes(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** Octets followed by zeros up to a multiple of 4. */
export function padded(octets: Octets): Octets {
  const length = (octets.length + 3) & ~3
  return length === octets.length ? octets : atLeast(octets, length)
}

/** Octets followed by zeros up to a length. */
export function atLeast(octets: Octets, length: number): Octets {
  const wide = new Uint8Array(length)
  wide.set(octets)
  return wide
}

/** All octets in one array. */
export function join(parts: readonly Octets[]): Octets {
  const [first] = parts
  if (first && parts.length === 1) return first
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Reads integers of a message; each throws RangeError past its end. */
export function view(octets: Octets): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
}

/** The octets in hex, two lower-case digits each. */
export function hexText(octets: Octets, separator = ''): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(separator)
}

/** The text that octets hold up to the first NUL; an octet beyond ASCII becomes U+FFFD, for names of others may have any. */
export function textOf(octets: Octets = new Uint8Array()): string {
  const end = octets.indexOf(0)
  const codes = end < 0 ? octets : octets.subarray(0, end)
  // A host's ports are read, a hundred letters each: spread, letter by letter, they take twice as long.
  const text = String.fromCharCode.apply(undefined, codes as unknown as number[])
  return text.replace(/[\x80-\xff]/g, '\ufffd')
}
