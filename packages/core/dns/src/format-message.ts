import { mayCompress } from './data-layout.ts'
import type { DnsEdns, DnsFlags, DnsMessage, DnsRecord } from './message.ts'
import { nameOctets } from './name-octets.ts'
import { dnsType } from './numbers.ts'

/** A message as octets, names compressed; beyond `maxOctets` records are left out, truncated set (RFC 2181, section 9). Throws CniError 6. */
export function formatMessage(message: DnsMessage, maxOctets: number): Uint8Array {
  const writer = makeWriter()
  writeOctets(writer, new Uint8Array(12))
  for (const question of message.questions) {
    writeName(writer, question.spelling ?? question.name, true)
    write16(writer, question.type)
    write16(writer, question.class)
  }
  const room = Math.min(maxOctets, 65535) - (message.edns ? ednsLength(message.edns) : 0)
  const answers = writeRecords(writer, message.answers, room)
  const isCut = answers < message.answers.length
  const authorities = isCut ? 0 : writeRecords(writer, message.authorities, room)
  const truncated = isCut || authorities < message.authorities.length
  const additionals = truncated ? 0 : writeRecords(writer, message.additionals, room)
  if (message.edns) writeEdns(writer, message.edns, message.rcode)
  const octets = writtenOctets(writer)
  const flags = { ...message.flags, truncated: message.flags.truncated || truncated }
  const counts = [message.questions.length, answers, authorities]
  writeHeader(octets, { ...message, flags }, [...counts, additionals + (message.edns ? 1 : 0)])
  return octets
}

function writeHeader(octets: Uint8Array, message: DnsMessage, counts: readonly number[]): void {
  const view = new DataView(octets.buffer)
  view.setUint16(0, message.id)
  view.setUint16(2, flagBits(message.flags) | ((message.opcode & 15) << 11) | (message.rcode & 15))
  for (const [index, count] of counts.entries()) view.setUint16(4 + 2 * index, count)
}

function flagBits(flags: DnsFlags): number {
  return (
    (flags.response ? 0x8000 : 0) |
    (flags.authoritative ? 0x400 : 0) |
    (flags.truncated ? 0x200 : 0) |
    (flags.recursionDesired ? 0x100 : 0) |
    (flags.recursionAvailable ? 0x80 : 0) |
    (flags.authenticData ? 0x20 : 0) |
    (flags.checkingDisabled ? 0x10 : 0)
  )
}

// How many records were written: all, or those in front of the first that does not fit.
function writeRecords(writer: Writer, records: readonly DnsRecord[], room: number): number {
  for (const [index, record] of records.entries()) {
    const before = writer.length
    writeRecord(writer, record)
    if (writer.length > room) {
      cutWriter(writer, before)
      return index
    }
  }
  return records.length
}

function writeRecord(writer: Writer, record: DnsRecord): void {
  writeName(writer, record.name, true)
  write16(writer, record.type)
  write16(writer, record.class)
  write32(writer, record.ttl)
  const start = writer.length
  write16(writer, 0)
  for (const part of record.data) {
    if (typeof part === 'string') writeName(writer, part, mayCompress(record.type))
    else writeOctets(writer, part)
  }
  const length = writer.length - start - 2
  writer.octets.set([length >>> 8, length], start)
}

function ednsLength({ options }: DnsEdns): number {
  return options.reduce((sum, { data }) => sum + 4 + data.length, 11)
}

function writeEdns(writer: Writer, edns: DnsEdns, rcode: number): void {
  writeOctets(writer, Uint8Array.of(0))
  write16(writer, dnsType.OPT)
  write16(writer, edns.udpSize)
  const dnssecOk = edns.dnssecOk ? 0x8000 : 0
  write32(writer, ((rcode >>> 4) << 24) | (edns.version << 16) | dnssecOk)
  write16(writer, ednsLength(edns) - 11)
  for (const { code, data } of edns.options) {
    write16(writer, code)
    write16(writer, data.length)
    writeOctets(writer, data)
  }
}

interface Writer {
  octets: Uint8Array
  length: number
  /** Where a name, or the end of one, begins: its octets in lower case. */
  readonly names: Map<string, number>
}

function makeWriter(): Writer {
  return { octets: new Uint8Array(512), length: 0, names: new Map() }
}

function write16(writer: Writer, value: number): void {
  const at = extend(writer, 2)
  writer.octets[at] = value >>> 8
  writer.octets[at + 1] = value
}

function write32(writer: Writer, value: number): void {
  write16(writer, value >>> 16)
  write16(writer, value)
}

function writeOctets(writer: Writer, octets: Uint8Array): void {
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

// Writes a name; where it may be compressed, its end is a pointer to one written before. Throws CniError 6 for no
// name.
function writeName(writer: Writer, name: string, mayCompress: boolean): void {
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

function cutWriter(writer: Writer, length: number): void {
  writer.length = length
  for (const [key, at] of writer.names) if (at >= length) writer.names.delete(key)
}

// The octets written, in an array of their own.
function writtenOctets(writer: Writer): Uint8Array {
  return writer.octets.slice(0, writer.length)
}
