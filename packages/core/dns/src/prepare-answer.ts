import type { Content } from './find-content.ts'
import { formatMessage } from './format-message.ts'
import { type DnsQuestion, noFlags } from './message.ts'
import { questionsEnd, type RecordSpan, recordSpans } from './record-spans.ts'
import type { AnswerForm, PreparedBody } from './zone.ts'

// What is beyond it would not fit a TCP message beside the rest, and is left out.
const mostOctets = 65_000

/** Content as octets that fit behind any spelling of its question. */
export function prepareAnswer(question: DnsQuestion, content: Content): PreparedBody {
  const { spelling: _, ...bare } = question
  const message = { id: 0, flags: noFlags, opcode: 0, ...content, questions: [bare] }
  const octets = formatMessage(message, mostOctets)
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
