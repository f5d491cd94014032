/** A name of in-addr.arpa or ip6.arpa. */
export interface ReverseName {
  /** The address whose first bits it spells, the others 0. */
  readonly octets: Uint8Array
  /** 0–32 or 0–128: all of them when it spells a whole address. */
  readonly length: number
  /** How many labels stand in front of a whole address: such a name has no record. */
  readonly excess: number
}

const hexDigit = /^[0-9a-f]$/
const decimal = /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/

/** The address in a name of in-addr.arpa or ip6.arpa (RFC 1035, section 3.5; RFC 3596, section 2.5); undefined for any other. */
export function readReverseName(name: string): ReverseName | undefined {
  const [, front = '', zone] = /^(.*)\.(in-addr|ip6)\.arpa$/s.exec(name) ?? []
  if (zone === undefined) return undefined
  const labels = front.split('.').toReversed()
  return zone === 'ip6' ? reading6(labels) : reading4(labels)
}

/** The name of in-addr.arpa or ip6.arpa of the first `bits` bits of an address, cut to whole labels. */
export function reverseName(octets: Uint8Array, bits: number = octets.length * 8): string {
  if (octets.length === 4) {
    const labels = Array.from(octets.subarray(0, Math.floor(bits / 8)), String)
    return [...labels.toReversed(), 'in-addr.arpa'].join('.')
  }
  const nibbles = Array.from(octets, (octet) => [octet >>> 4, octet & 15]).flat()
  const labels = nibbles.slice(0, Math.floor(bits / 4)).map((nibble) => nibble.toString(16))
  return [...labels.toReversed(), 'ip6.arpa'].join('.')
}

function reading4(labels: readonly string[]): ReverseName | undefined {
  const used = labels.slice(0, 4)
  if (!used.every((label) => decimal.test(label))) return undefined
  const octets = Uint8Array.from({ length: 4 }, (_, at) => Number(used[at] ?? 0))
  return { octets, length: 8 * used.length, excess: labels.length - used.length }
}

function reading6(labels: readonly string[]): ReverseName | undefined {
  const used = labels.slice(0, 32)
  if (!used.every((label) => hexDigit.test(label))) return undefined
  const nibble = (at: number) => Number.parseInt(used[at] ?? '0', 16)
  const octets = Uint8Array.from(
    { length: 16 },
    (_, at) => (nibble(2 * at) << 4) | nibble(2 * at + 1),
  )
  return { octets, length: 4 * used.length, excess: labels.length - used.length }
}
