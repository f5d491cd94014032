import { dataLayout } from './data-layout.ts'
import type { DnsEdns, DnsFlags, DnsMessage, DnsOption, DnsQuestion, DnsRecord } from './message.ts'
import { dnsType } from './numbers.ts'
import { copyOctets, malformed } from './octets.ts'
import { type NameTails, readName } from './read-name.ts'

/** The message that octets are; undefined where `parseMessage` throws. */
export function tryParse(octets: Uint8Array): DnsMessage | undefined {
  try {
    return parseMessage(octets)
  } catch {
    return undefined
  }
}

/** The message in octets (RFC 1035, section 4; RFC 6891), in time and memory bounded by these. Throws CniError 6 for anything malformed. */
export function parseMessage(octets: Uint8Array): DnsMessage {
  if (octets.length < 12) throw malformed('it is shorter than a header')
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const bits = view.getUint16(2)
  const tails: NameTails = new Map()
  const questions = readQuestions(octets, view, tails)
  let end = questions.end
  const [answers = [], authorities = [], rest = []] = [6, 8, 10].map((at) => {
    const section = readRecords(octets, view, { offset: end, count: view.getUint16(at), tails })
    end = section.end
    return section.records
  })
  if (end !== octets.length) throw malformed('there are octets behind its end')
  const [opt, second] = rest.filter(({ type }) => type === dnsType.OPT)
  if (second || (opt && opt.name !== '.'))
    throw malformed('more than one OPT record, or a named one')
  return {
    id: view.getUint16(0),
    flags: flagsOf(bits),
    opcode: (bits >>> 11) & 15,
    rcode: (bits & 15) | (opt ? (opt.ttl >>> 24) << 4 : 0),
    questions: questions.found,
    answers: answers.map(withoutHugeTtl),
    authorities: authorities.map(withoutHugeTtl),
    additionals: rest.filter((each) => each !== opt).map(withoutHugeTtl),
    ...(opt ? { edns: ednsOf(opt) } : {}),
  }
}

function flagsOf(bits: number): DnsFlags {
  return {
    response: (bits & 0x8000) !== 0,
    authoritative: (bits & 0x400) !== 0,
    truncated: (bits & 0x200) !== 0,
    recursionDesired: (bits & 0x100) !== 0,
    recursionAvailable: (bits & 0x80) !== 0,
    authenticData: (bits & 0x20) !== 0,
    checkingDisabled: (bits & 0x10) !== 0,
  }
}

function readQuestions(octets: Uint8Array, view: DataView, tails: NameTails) {
  const found: DnsQuestion[] = []
  let end = 12
  for (let left = view.getUint16(4); left > 0; left -= 1) {
    const { spelling, end: at } = readName(octets, end, tails)
    if (at + 4 > octets.length) throw malformed('a question is cut short')
    const name = spelling.toLowerCase()
    const shown = name === spelling ? {} : { spelling }
    found.push({ name, type: view.getUint16(at), class: view.getUint16(at + 2), ...shown })
    end = at + 4
  }
  return { found, end }
}

function readRecords(
  octets: Uint8Array,
  view: DataView,
  { offset, count, tails }: { offset: number; count: number; tails: NameTails },
) {
  const records: DnsRecord[] = []
  let end = offset
  for (let left = count; left > 0; left -= 1) {
    const { spelling, end: at } = readName(octets, end, tails)
    if (at + 10 > octets.length) throw malformed('a record is cut short')
    const start = at + 10
    end = start + view.getUint16(at + 8)
    if (end > octets.length) throw malformed('a record is cut short')
    const type = view.getUint16(at)
    records.push({
      name: spelling.toLowerCase(),
      type,
      class: view.getUint16(at + 2),
      ttl: view.getUint32(at + 4),
      data: readData(octets, type, { start, end, tails }),
    })
  }
  return { records, end }
}

function readData(
  octets: Uint8Array,
  type: number,
  { start, end, tails }: { start: number; end: number; tails: NameTails },
) {
  const data: (Uint8Array | string)[] = []
  const layout = start === end ? undefined : dataLayout(type)
  let at = start
  for (const part of layout ?? []) {
    if (part === 'name') {
      const name = readName(octets, at, tails)
      data.push(name.spelling)
      at = name.end
    } else {
      const size = part === 'text' ? (octets[at] ?? 0) + 1 : part
      data.push(copyOctets(octets, at, at + size))
      at += size
    }
  }
  if (at > end) throw malformed('RDATA is longer than it says')
  if (at < end) data.push(copyOctets(octets, at, end))
  return data
}

function withoutHugeTtl(record: DnsRecord): DnsRecord {
  return record.ttl > 0x7fffffff ? { ...record, ttl: 0 } : record
}

function ednsOf(opt: DnsRecord): DnsEdns {
  const options: DnsOption[] = []
  const [data] = opt.data
  const octets = data instanceof Uint8Array ? data : new Uint8Array()
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  for (let at = 0; at < octets.length; ) {
    const end = at + 4 <= octets.length ? at + 4 + view.getUint16(at + 2) : Number.NaN
    if (!(end <= octets.length)) throw malformed('an EDNS option is cut short')
    options.push({ code: view.getUint16(at), data: copyOctets(octets, at + 4, end) })
    at = end
  }
  return {
    udpSize: opt.class,
    dnssecOk: (opt.ttl & 0x8000) !== 0,
    version: (opt.ttl >>> 16) & 255,
    options,
  }
}
