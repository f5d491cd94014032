import type { AnswerOutcome, AskedQuestion } from './asked-question.ts'
import { assembleAnswer } from './assemble-answer.ts'
import { type Content, findContent } from './find-content.ts'
import { formatMessage } from './format-message.ts'
import { type DnsMessage, noFlags, noRecords } from './message.ts'
import { dnsClass, dnsOpcode, dnsRcode, dnsType } from './numbers.ts'
import { makePrepared } from './prepared-answers.ts'
import { readPlainRequest } from './read-request.ts'
import { textRecord } from './records.ts'
import { formatReply, type Reply } from './reply.ts'
import { visibleTo } from './visible-to.ts'
import type { View } from './zone.ts'

// RFC 8914, section 4.19: Prohibited.
const internalNetwork = { code: 18, text: 'internal network' }

/** Answers a message with one question, whatever it asks for. */
export function answerMessage(asked: AskedQuestion, message: DnsMessage): AnswerOutcome {
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
