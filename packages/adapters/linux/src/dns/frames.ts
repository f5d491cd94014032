/** Messages of a stream, each with its length in two octets before it (RFC 1035, 4.2.2), and the octets of the next one so far. */
export function splitFrames(
  before: Uint8Array,
  chunk: Uint8Array,
): { readonly frames: readonly Uint8Array[]; readonly rest: Uint8Array } {
  const octets = before.length === 0 ? chunk : Buffer.concat([before, chunk])
  const frames: Uint8Array[] = []
  let at = 0
  while (octets.length - at >= 2) {
    const end = at + 2 + (((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0))
    if (end > octets.length) break
    frames.push(octets.subarray(at + 2, end))
    at = end
  }
  // Copied: the chunk is the socket's own buffer.
  return { frames, rest: octets.slice(at) }
}

/** A message with its length before it. */
export function framed(octets: Uint8Array): Uint8Array {
  const whole = new Uint8Array(octets.length + 2)
  whole[0] = octets.length >> 8
  whole[1] = octets.length & 255
  whole.set(octets, 2)
  return whole
}
