import type { Content } from './find-content.ts'
import { formatMessage } from './format-message.ts'
import { type DnsQuestion, noFlags } from './message.ts'
import { copyOctets } from './octets.ts'
import { lowerOctet, type PlainRequest } from './read-request.ts'
import { questionsEnd, type RecordSpan, recordSpans } from './record-spans.ts'
import type {
  AnswerForm,
  PreparedAnswer,
  PreparedAnswers,
  PreparedBody,
  View,
  Zone,
} from './zone.ts'

const mostEntries = 32_768
const mostOctets = 8 * 2 ** 20

/** The answers of a zone that has not been asked. */
export function noPreparedAnswers(): PreparedAnswers {
  return { entries: new Map(), negatives: new Map(), singles: new Map(), octets: 0 }
}

/** The answer to a question that was asked before in a view. */
export function findPrepared(
  { prepared: { entries } }: Zone,
  { number }: View,
  request: PlainRequest,
): PreparedAnswer | undefined {
  const found = entries.get(keyOf(request, number))
  return found?.view === number && isSame(found.key, request) ? found : undefined
}

/** The answer to a plain request with its content, kept where many may ask for it. */
export function makePrepared(
  { prepared }: Zone,
  view: View,
  { request, question, content }: AnsweredRequest,
): PreparedAnswer {
  const negative = negativeKey(question, content)
  const known = negative === undefined ? undefined : prepared.negatives.get(negative)
  const body = known ?? withShared(prepared, prepareAnswer(question, content))
  if (negative !== undefined) prepared.negatives.set(negative, body)
  const key = copyOctets(request.octets, 12, request.end)
  for (let at = 0; at < key.length - 4; at += 1) key[at] = lowerOctet(key[at] ?? 0)
  const answer: PreparedAnswer = { view: view.number, key, body: body.body, form: body.form }
  if (content.isCommon) keepPrepared(prepared, keyOf(request, view.number), answer)
  return answer
}

/** A plain request and its content. */
interface AnsweredRequest {
  readonly request: PlainRequest
  readonly question: DnsQuestion
  readonly content: Content
}

function withShared({ singles }: PreparedAnswers, body: PreparedBody): PreparedBody {
  const { counts, runs } = body.form
  const [run] = runs
  if (run === undefined || counts[0] !== 1 || counts[1] + counts[2] > 0) return body
  const form = singles.get(run.size) ?? body.form
  singles.set(run.size, form)
  return { body: body.body, form }
}

// Without an answer, what stands behind a question is the same for all questions with such an SOA record.
function negativeKey({ name }: DnsQuestion, content: Content): string | undefined {
  const owner = content.answers.length === 0 ? content.authorities[0]?.name : undefined
  if (owner === '.') return `. ${content.rcode}`
  return owner === name ? `its own ${content.rcode}` : undefined
}

// Askers choose what is kept: when it is much, it begins from nothing.
function keepPrepared(prepared: PreparedAnswers, key: number, answer: PreparedAnswer): void {
  if (prepared.entries.size >= mostEntries || prepared.octets > mostOctets) {
    prepared.entries.clear()
    prepared.octets = 0
  }
  prepared.entries.set(key, answer)
  prepared.octets += answer.body.length
}

function keyOf({ hash }: PlainRequest, view: number): number {
  return hash ^ Math.imul(view, 0x9e3779b1)
}

function isSame(key: Uint8Array, { octets, end }: PlainRequest): boolean {
  if (key.length !== end - 12) return false
  // Type and class are compared as they are: case is a letter's alone.
  for (let at = 0; at < key.length - 4; at += 1) {
    if (key[at] !== lowerOctet(octets[at + 12] ?? 0)) return false
  }
  return key[key.length - 4] === octets[end - 4] && key[key.length - 3] === octets[end - 3]
}

// What is beyond it would not fit a TCP message beside the rest, and is left out.
const longestAnswer = 65_000

function prepareAnswer(question: DnsQuestion, content: Content): PreparedBody {
  const { spelling: _, ...bare } = question
  const message = { id: 0, flags: noFlags, opcode: 0, ...content, questions: [bare] }
  const octets = formatMessage(message, longestAnswer)
  const start = questionsEnd(octets)
  const spans = recordSpans(octets)
  const answers = spans.filter(({ section }) => section === 'answer')
  const authorities = spans.filter(({ section }) => section === 'authority')
  const additionals = spans.length - answers.length - authorities.length
  return {
    body: octets.slice(start),
    form: {
      rcode: content.rcode,
      counts: [answers.length, authorities.length, additionals],
      authoritiesEnd: ((authorities.at(-1) ?? answers.at(-1))?.end ?? start) - start,
      runs: runsOf(answers, content.runs),
    },
  }
}

function runsOf(answers: readonly RecordSpan[], counts: readonly number[]): AnswerForm['runs'] {
  const runs: { count: number; size: number }[] = []
  let at = 0
  for (const count of [...counts, ...answers.map(() => 1)]) {
    const run = answers.slice(at, at + count)
    const [first] = run
    if (first) runs.push({ count: run.length, size: first.end - first.start })
    at += run.length
  }
  return runs
}
