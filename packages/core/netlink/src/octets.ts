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
  return join([be32(Number(value >> 32n)), be32(Number(value & 0xffffffffn))])
}

/** A text of ASCII characters, without a NUL. Throws RangeError for any other character: kernel names of ours have none. */
export function ascii(text: string): Octets {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0)
    if (code === 0 || code > 126) throw new RangeError(`not ASCII: ${JSON.stringify(text)}`)
    return code
  })
}

/** A text of ASCII characters and the NUL that ends it. */
export function nulText(text: string): Octets {
  return join([ascii(text), u8(0)])
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
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
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

/** The text that octets hold up to the first NUL; an octet beyond ASCII becomes U+FFFD, for names of others may have any. */
export function textOf(octets: Octets): string {
  const end = octets.indexOf(0)
  const text = end < 0 ? octets : octets.subarray(0, end)
  return Array.from(text, (octet) => (octet < 128 ? String.fromCharCode(octet) : '\ufffd')).join('')
}
