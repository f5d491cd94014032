import { nameOctets } from './name-octets.ts'

/** Octets being written. The functions of this file alone change it. */
export interface Writer {
  octets: Uint8Array
  length: number
  /** Where a name, or the end of one, begins: its octets in lower case. */
  readonly names: Map<string, number>
}

/** A writer that has written nothing. */
export function makeWriter(): Writer {
  return { octets: new Uint8Array(512), length: 0, names: new Map() }
}

/** Writes 16 bits in network order. */
export function write16(writer: Writer, value: number): void {
  const at = extend(writer, 2)
  writer.octets[at] = value >>> 8
  writer.octets[at + 1] = value
}

/** Writes 32 bits in network order. */
export function write32(writer: Writer, value: number): void {
  write16(writer, value >>> 16)
  write16(writer, value)
}

/** Writes octets as they are. */
export function writeOctets(writer: Writer, octets: Uint8Array): void {
  const at = extend(writer, octets.length)
  writer.octets.set(octets, at)
}

// Room for as many octets more: where they begin.
function extend(writer: Writer, count: number): number {
  const at = writer.length
  writer.length += count
  if (writer.length > writer.octets.length) {
    const wider = new Uint8Array(Math.max(writer.length, 2 * writer.octets.length))
    wider.set(writer.octets)
    writer.octets = wider
  }
  return at
}

/** Writes a name; where it may be compressed, its end is a pointer to one written before. Throws CniError 6 for no name. */
export function writeName(writer: Writer, name: string, mayCompress: boolean): void {
  const octets = nameOctets(name)
  // Lengths of labels are in it, so that no label can look like two; they are below 64, and so not among letters.
  // Letters of ASCII alone are in lower case: other octets differ (RFC 4343, section 3).
  const key = String.fromCharCode(...octets).replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const start = writer.length
  for (let at = 0; (octets[at] ?? 0) > 0; at += 1 + (octets[at] ?? 0)) {
    const suffix = key.slice(at)
    const known = writer.names.get(suffix)
    if (known !== undefined && mayCompress) {
      writeOctets(writer, octets.subarray(0, at))
      write16(writer, 0xc000 | known)
      return
    }
    if (known === undefined && start + at < 0x4000) writer.names.set(suffix, start + at)
  }
  writeOctets(writer, octets)
}

/** Takes back what was written behind a length. */
export function cutWriter(writer: Writer, length: number): void {
  writer.length = length
  for (const [key, at] of writer.names) if (at >= length) writer.names.delete(key)
}

/** The octets written, in an array of their own. */
export function writtenOctets(writer: Writer): Uint8Array {
  return writer.octets.slice(0, writer.length)
}
