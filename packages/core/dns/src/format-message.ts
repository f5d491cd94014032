import { mayCompress } from './data-layout.ts'
import type { DnsEdns, DnsFlags, DnsMessage, DnsRecord } from './message.ts'
import { dnsType } from './numbers.ts'
import {
  cutWriter,
  makeWriter,
  type Writer,
  write16,
  write32,
  writeName,
  writeOctets,
  writtenOctets,
} from './writer.ts'

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
