import type { AnswerOutcome, AskedQuestion } from './asked-question.ts'
import { assembleAnswer } from './assemble-answer.ts'
import { type Content, findContent } from './find-content.ts'
import { formatMessage } from './format-message.ts'
import { type DnsMessage, noFlags, noRecords } from './message.ts'
import { dnsClass, dnsOpcode, dnsRcode, dnsType } from './numbers.ts'
import { tryParse } from './parse-message.ts'
import { findPrepared, makePrepared } from './prepared-answers.ts'
import { readPlainRequest } from './read-request.ts'
import { textRecord } from './records.ts'
import { formatReply, type Reply } from './reply.ts'
import { visibleTo } from './visible-to.ts'
import type { View } from './zone.ts'

/** Answers a question from a zone, or says that it is for upstream, or that nothing may be answered. Never throws. */
export function answerQuestion(asked: AskedQuestion): AnswerOutcome {
  const { octets, zone } = asked
  const request = readPlainRequest(octets)
  const view = request && visibleTo(zone, asked)
  const prepared = view && findPrepared(zone, view, request)
  if (!prepared) return answerSlowly(asked)
  return { kind: 'answer', octets: assembleAnswer(request, prepared, asked) }
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

// What cannot be read is not repeated.
function headerAlone(octets: Uint8Array, rcode: number): AnswerOutcome {
  const answer = new Uint8Array(12)
  answer.set(octets.subarray(0, 3))
  answer[2] = 0x80 | ((octets[2] ?? 0) & 0x79)
  answer[3] = 0x80 | rcode
  return { kind: 'answer', octets: answer }
}

// RFC 8914, section 4.19: Prohibited.
const internalNetwork = { code: 18, text: 'internal network' }

function answerMessage(asked: AskedQuestion, message: DnsMessage): AnswerOutcome {
  const { edns, questions } = message
  const [question] = questions
  if (!question || question.type === dnsType.OPT)
    return reply(asked, { message, rcode: dnsRcode.FORMERR })
  if (edns && edns.version > 0) return reply(asked, { message, rcode: dnsRcode.BADVERS })
  if (question.class === dnsClass.CH) return answerChaos(asked, message)
  if (question.class !== dnsClass.IN || isTransfer(question.type))
    return reply(asked, { message, rcode: dnsRcode.REFUSED })
  const view = visibleTo(asked.zone, asked)
  if (!view) return reply(asked, { message, rcode: dnsRcode.REFUSED })
  const content = findContent({ zone: asked.zone, view, question })
  if (content) return answerContent(asked, message, { view, content })
  if (!view.mayAskUpstream)
    return reply(asked, { message, rcode: dnsRcode.REFUSED, reason: internalNetwork })
  if (!message.flags.recursionDesired) return reply(asked, { message, rcode: dnsRcode.REFUSED })
  return { kind: 'upstream', message }
}

// TKEY, TSIG, IXFR, AXFR, MAILB, MAILA: none of them is a type of what a name has.
function isTransfer(type: number): boolean {
  return type >= 249 && type <= 254
}

function answerContent(
  asked: AskedQuestion,
  message: DnsMessage,
  { view, content }: { view: View; content: Content },
): AnswerOutcome {
  const request =
    readPlainRequest(asked.octets) ?? readPlainRequest(formatMessage(plainRequest(message), 65535))
  const [question] = message.questions
  if (!request || !question) return reply(asked, { message, rcode: dnsRcode.SERVFAIL })
  const prepared = makePrepared(asked.zone, view, { request, question, content })
  return { kind: 'answer', octets: assembleAnswer(request, prepared, asked) }
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
    ...noRecords,
    ...(edns ? { edns: { ...edns, options: [] } } : {}),
  }
}

function answerChaos(asked: AskedQuestion, message: DnsMessage): AnswerOutcome {
  const { name = '', type = 0 } = message.questions[0] ?? {}
  const isVersion = name === 'version.bind' || name === 'version.server'
  const isText = type === dnsType.TXT || type === dnsType.ANY
  if (!isVersion || !isText) return reply(asked, { message, rcode: dnsRcode.REFUSED })
  const version = { ...textRecord({ name, ttl: 0 }, 'vethra'), class: dnsClass.CH }
  return reply(asked, { message, rcode: dnsRcode.NOERROR, answers: [version] })
}

function reply({ isTcp }: AskedQuestion, rest: Omit<Reply, 'isTcp'>): AnswerOutcome {
  return { kind: 'answer', octets: formatReply({ ...rest, isTcp }) }
}
