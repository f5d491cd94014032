type Octets = Uint8Array<ArrayBuffer>

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), state | 1)
    const more = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61))
    return ((more ^ (more >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A message with one to four faults: octets changed, cut off, put in, or those of another message. */
export function mutate(octets: Uint8Array, other: Uint8Array, random: () => number): Octets {
  const below = (limit: number) => Math.floor(random() * limit)
  let mutated = octets.slice()
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(mutated.length + 1)
    mutated = faultAt(mutated, { at, kind: below(7), value: below(256), other })
  }
  return mutated
}

function faultAt(
  octets: Octets,
  { at, kind, value, other }: { at: number; kind: number; value: number; other: Uint8Array },
): Octets {
  const front = octets.slice(0, at)
  if (kind === 0) return front
  if (kind === 1) return Uint8Array.of(...front, value, ...octets.slice(at))
  if (kind === 2) return Uint8Array.of(...front, ...octets.slice(at + 1))
  if (kind === 3) return Uint8Array.of(...front, ...other.slice(at))
  if (kind === 4) return withOctet(octets, at, odd[value % odd.length] ?? 0)
  if (kind === 5) return withOctet(octets, at, (octets[at] ?? 0) ^ (1 << (value & 7)))
  return withOctet(octets, at % 12, value)
}

// Pointers, labels of odd types and lengths, types of questions with rules of their own.
const odd = [0, 1, 0x3f, 0x40, 0x80, 0xc0, 12, 0xff, 41, 251, 255]

function withOctet(octets: Octets, at: number, value: number): Octets {
  const changed = octets.slice()
  changed[at] = value
  return changed
}
