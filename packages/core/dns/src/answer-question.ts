import { assembleAnswer } from './assemble-answer.ts'
import { findContent } from './find-content.ts'
import { formatMessage } from './format-message.ts'
import { type DnsMessage, noFlags } from './message.ts'
import { dnsClass, dnsOpcode, dnsRcode, dnsType } from './numbers.ts'
import { parseMessage } from './parse-message.ts'
import { prepareAnswer } from './prepare-answer.ts'
import { lowerOctet, type PlainRequest, readPlainRequest } from './read-request.ts'
import { textRecord } from './records.ts'
import { formatReply, type Reply } from './reply.ts'
import { visibleTo } from './visible-to.ts'
import type { PreparedAnswer, View, Zone } from './zone.ts'

/** A question that has arrived. */
export interface AskedQuestion {
  readonly octets: Uint8Array
  readonly zone: Zone
  /** The source address of the question. */
  readonly askerAddress: string
  /** The network whose resolver was asked: see `visibleTo`. */
  readonly network?: string
  /** Whether it came by TCP, where an answer may be long. */
  readonly isTcp: boolean
  /** A number that grows from question to question: by it, containers with one alias take turns at being first. */
  readonly rotation: number
}

/** The fate of a question. */
export type AnswerOutcome =
  | { readonly kind: 'answer'; readonly octets: Uint8Array }
  /** For the host's resolvers to answer; `relayAnswer` fits what they say to the question. */
  | { readonly kind: 'upstream'; readonly message: DnsMessage }
  /** An answer, or no message at all: nothing is sent. */
  | { readonly kind: 'drop' }

const mostPrepared = 65_536
// RFC 8914, section 4.19: Prohibited.
const internalAlone = { code: 18, text: 'internal networks alone' }

/** Answers a question from a zone, or says that it is for upstream, or that nothing may be answered. Never throws. */
export function answerQuestion(asked: AskedQuestion): AnswerOutcome {
  const request = readPlainRequest(asked.octets)
  const view = request && visibleTo(asked.zone, asked)
  const prepared = view && preparedFor(asked, request, view)
  if (!prepared) return answerSlowly(asked)
  return { kind: 'answer', octets: assembleAnswer(asked.octets, request, prepared, asked) }
}

function preparedFor(
  { octets, zone }: AskedQuestion,
  request: PlainRequest,
  view: View,
): PreparedAnswer | undefined {
  const prepared = zone.prepared.get(request.hash ^ Math.imul(view.number, 0x9e3779b1))
  return prepared?.view === view.number && isSame(prepared.key, octets, request.end)
    ? prepared
    : undefined
}

function isSame(key: Uint8Array, octets: Uint8Array, end: number): boolean {
  if (key.length !== end - 12) return false
  // Type and class are compared as they are: case is a letter's alone.
  for (let at = 0; at < key.length - 4; at += 1) {
    if (key[at] !== lowerOctet(octets[at + 12] ?? 0)) return false
  }
  return key[key.length - 4] === octets[end - 4] && key[key.length - 3] === octets[end - 3]
}

function answerSlowly(asked: AskedQuestion): AnswerOutcome {
  const { octets } = asked
  if (octets.length < 12 || ((octets[2] ?? 0) & 0x80) !== 0) return { kind: 'drop' }
  const opcode = ((octets[2] ?? 0) >>> 3) & 15
  if (opcode !== dnsOpcode.QUERY) return headerAlone(octets, dnsRcode.NOTIMP)
  const message = hasSaneCounts(octets) ? tryParse(octets) : undefined
  if (!message) return headerAlone(octets, dnsRcode.FORMERR)
  return answerMessage(asked, message)
}

// One question, no answers, an authority as IXFR has it, and few additionals: what is more is not read.
function hasSaneCounts(octets: Uint8Array): boolean {
  const count = (at: number) => ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
  return count(4) === 1 && count(6) === 0 && count(8) <= 1 && count(10) <= 4
}

function tryParse(octets: Uint8Array): DnsMessage | undefined {
  try {
    return parseMessage(octets)
  } catch {
    return undefined
  }
}

function answerMessage(asked: AskedQuestion, message: DnsMessage): AnswerOutcome {
  const { edns, questions } = message
  const [question] = questions
  if (!question || question.type === dnsType.OPT) return reply(asked, message, dnsRcode.FORMERR)
  if (edns && edns.version > 0) return reply(asked, message, dnsRcode.BADVERS)
  if (question.class === dnsClass.CH) return answerChaos(asked, message)
  if (question.class !== dnsClass.IN || isTransfer(question.type)) {
    return reply(asked, message, dnsRcode.REFUSED)
  }
  const view = visibleTo(asked.zone, asked)
  if (!view) return reply(asked, message, dnsRcode.REFUSED)
  const content = findContent({ zone: asked.zone, view, question })
  if (content) return answerAnew(asked, message, prepareAnswer(question, content, view.number))
  if (!view.mayAskUpstream)
    return reply(asked, message, dnsRcode.REFUSED, { reason: internalAlone })
  if (!message.flags.recursionDesired) return reply(asked, message, dnsRcode.REFUSED)
  return { kind: 'upstream', message }
}

// TKEY, TSIG, IXFR, AXFR, MAILB, MAILA: none of them is a type of what a name has.
function isTransfer(type: number): boolean {
  return type >= 249 && type <= 254
}

function answerAnew(
  asked: AskedQuestion,
  message: DnsMessage,
  prepared: PreparedAnswer,
): AnswerOutcome {
  const plain = formatMessage(plainRequest(message), 65535)
  const request = readPlainRequest(plain)
  if (!request) return reply(asked, message, dnsRcode.SERVFAIL)
  keepPrepared(asked.zone, request.hash, prepared)
  return { kind: 'answer', octets: assembleAnswer(plain, request, prepared, asked) }
}

// The message without what has no part in its answer.
function plainRequest({ id, questions, flags, edns }: DnsMessage): DnsMessage {
  const { recursionDesired, checkingDisabled } = flags
  return {
    id,
    flags: { ...noFlags, recursionDesired, checkingDisabled },
    opcode: dnsOpcode.QUERY,
    rcode: dnsRcode.NOERROR,
    questions,
    answers: [],
    authorities: [],
    additionals: [],
    ...(edns ? { edns: { ...edns, options: [] } } : {}),
  }
}

function keepPrepared(zone: Zone, hash: number, prepared: PreparedAnswer): void {
  if (prepared.rcode === dnsRcode.NXDOMAIN) return
  if (zone.prepared.size >= mostPrepared) zone.prepared.clear()
  zone.prepared.set(hash ^ Math.imul(prepared.view, 0x9e3779b1), prepared)
}

function answerChaos(asked: AskedQuestion, message: DnsMessage): AnswerOutcome {
  const { name = '', type = 0 } = message.questions[0] ?? {}
  const isVersion = name === 'version.bind' || name === 'version.server'
  const isText = type === dnsType.TXT || type === dnsType.ANY
  if (!isVersion || !isText) return reply(asked, message, dnsRcode.REFUSED)
  const version = { ...textRecord({ name, ttl: 0 }, 'vethra'), class: dnsClass.CH }
  return reply(asked, message, dnsRcode.NOERROR, { answers: [version] })
}

function reply(
  { isTcp }: AskedQuestion,
  message: DnsMessage,
  rcode: number,
  rest: Pick<Reply, 'answers' | 'reason'> = {},
): AnswerOutcome {
  return { kind: 'answer', octets: formatReply({ message, rcode, isTcp, ...rest }) }
}

// What cannot be read is not repeated.
function headerAlone(octets: Uint8Array, rcode: number): AnswerOutcome {
  const answer = new Uint8Array(12)
  answer.set(octets.subarray(0, 3))
  answer[2] = 0x80 | ((octets[2] ?? 0) & 0x79)
  answer[3] = 0x80 | rcode
  return { kind: 'answer', octets: answer }
}
