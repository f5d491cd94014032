/** A question as its octets, found without making values of it. */
export interface PlainRequest {
  /** The whole message. */
  readonly octets: Uint8Array
  /** Where the question ends; it begins at 12. */
  readonly end: number
  /** Over the question's octets, letters in lower case. */
  readonly hash: number
  /** Absent without EDNS. */
  readonly edns?: { readonly udpSize: number; readonly dnssecOk: boolean }
}

/** The question of a plain message: one of class IN, with at most an OPT record of version 0. Undefined for any other. */
export function readPlainRequest(octets: Uint8Array): PlainRequest | undefined {
  if (!isPlainHeader(octets)) return undefined
  let hash = 0x811c9dc5
  let at = 12
  for (let size = octets[at] ?? 64; size > 0; size = octets[at] ?? 64) {
    if (size > 63 || at + size > 266) return undefined
    for (const end = at + size; at <= end; at += 1) {
      hash = Math.imul(hash ^ (lower[octets[at] ?? 0] ?? 0), 0x01000193)
    }
  }
  const end = at + 5
  if (end > octets.length || octets[at + 3] !== 0 || octets[at + 4] !== 1) return undefined
  hash = Math.imul(hash ^ (((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0)), 0x01000193) | 0
  if (octets[11] === 0) return end === octets.length ? { octets, end, hash } : undefined
  const edns = readOpt(octets, end)
  return edns && { octets, end, hash, edns }
}

/** An octet in lower case, as those of a prepared question are. */
export function lowerOctet(octet: number): number {
  return lower[octet] ?? 0
}

// Lengths of labels are below 64, and so not among letters.
const lower = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 65 && octet <= 90 ? octet + 32 : octet,
)

// QR, opcode, TC and the Z bit are 0; one question, no answers, no authorities, at most one more.
function isPlainHeader(octets: Uint8Array): boolean {
  const at = (index: number) => octets[index] ?? 255
  const zeros = (at(2) & 0xfe) | (at(3) & 0xcf) | at(4) | at(6) | at(7) | at(8) | at(9) | at(10)
  return octets.length >= 17 && zeros === 0 && at(5) === 1 && at(11) <= 1
}

function readOpt(octets: Uint8Array, at: number): PlainRequest['edns'] | undefined {
  const isOpt = octets[at] === 0 && octets[at + 1] === 0 && octets[at + 2] === 41
  const end = at + 11 + read16(octets, at + 9)
  if (!isOpt || octets[at + 6] !== 0 || end !== octets.length) return undefined
  for (let option = at + 11; option < end; option += 4 + read16(octets, option + 2)) {
    if (option + 4 + read16(octets, option + 2) > end) return undefined
  }
  return { udpSize: read16(octets, at + 3), dnssecOk: ((octets[at + 7] ?? 0) & 0x80) !== 0 }
}

function read16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
}
