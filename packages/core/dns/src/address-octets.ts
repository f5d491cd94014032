import { formatAddress, readAddress } from '@vethra/address'

/** The octets of an address in text: 4 or 16; undefined when it is none. A zone or a prefix length behind it is left out. */
export function addressOctets(text: string): Uint8Array | undefined {
  const bare = /^[^%/]*/.exec(text)?.[0] ?? ''
  const plain = plainOctets(bare)
  if (plain) return plain
  const address = readAddress(bare)
  if (!address) return undefined
  const digits = address.value.toString(16).padStart(address.family === 4 ? 8 : 32, '0')
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  )
}

const dotted = /^(?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.|$)){4}(?<!\.)$/
const groups = /^(?:[0-9a-f]{1,4}(?::|$)){0,7}(?<!.:)$/

// Tens of thousands are read at once: those in the usual spelling need no arithmetic. Any other is left to readAddress.
function plainOctets(text: string): Uint8Array | undefined {
  if (dotted.test(text)) return Uint8Array.from(text.split('.'), Number)
  const at = text.indexOf('::')
  const [front, back] = [text.slice(0, at), text.slice(at + 2)]
  if (at < 0 || !groups.test(front) || !groups.test(back)) return undefined
  const octets = new Uint8Array(16)
  const before = writeGroups(octets, front, 0)
  const after = back === '' ? 0 : back.split(':').length
  if (before + after > 7) return undefined
  writeGroups(octets, back, 16 - 2 * after)
  const isMapped = front === '' && octets[10] === 0xff && octets[11] === 0xff
  return isMapped ? undefined : octets
}

function writeGroups(octets: Uint8Array, text: string, start: number): number {
  if (text === '') return 0
  const all = text.split(':')
  for (const [index, group] of all.entries()) {
    const value = Number.parseInt(group, 16)
    octets[start + 2 * index] = value >>> 8
    octets[start + 2 * index + 1] = value
  }
  return all.length
}

/** An address as text, of its 4 or 16 octets. */
export function octetsAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  const digits = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
  return formatAddress({ family: 6, value: BigInt(`0x${digits}`) })
}

/** The octets of an address as a key of a Map: a number for IPv4, which takes no memory of its own. */
export function addressKey(octets: Uint8Array): string | number {
  const [first = 0, second = 0, third = 0, last = 0] = octets
  if (octets.length === 4) return (first << 24) | (second << 16) | (third << 8) | last
  return String.fromCharCode(...octets)
}

/** Every address that shares its first `length` bits with `octets`. */
export interface OctetPrefix {
  /** 4 or 16. */
  readonly octets: Uint8Array
  /** 0–32 or 0–128. */
  readonly length: number
}

/** Whether an address lies in a prefix. Never across families. */
export function liesIn(address: Uint8Array, { octets, length }: OctetPrefix): boolean {
  if (address.length !== octets.length) return false
  const whole = length >>> 3
  const mask = (0xff00 >>> (length & 7)) & 0xff
  const isSame = (at: number, bits: number) =>
    (((address[at] ?? 0) ^ (octets[at] ?? 0)) & bits) === 0
  for (let at = 0; at < whole; at += 1) if (!isSame(at, 0xff)) return false
  return isSame(whole, mask)
}

/** Whether an address is the host's own: of 127.0.0.0/8, or ::1. */
export function isLoopback(octets: Uint8Array): boolean {
  if (octets.length === 4) return octets[0] === 127
  return octets.every((octet, at) => octet === (at === 15 ? 1 : 0))
}
