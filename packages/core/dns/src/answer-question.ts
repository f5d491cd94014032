import { answerMessage } from './answer-message.ts'
import type { AnswerOutcome, AskedQuestion } from './asked-question.ts'
import { assembleAnswer } from './assemble-answer.ts'
import { dnsOpcode, dnsRcode } from './numbers.ts'
import { tryParse } from './parse-message.ts'
import { findPrepared } from './prepared-answers.ts'
import { readPlainRequest } from './read-request.ts'
import { visibleTo } from './visible-to.ts'

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
