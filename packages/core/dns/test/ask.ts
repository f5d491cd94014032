import { answerQuestion } from '../src/answer-question.ts'
import type { Zone } from '../src/zone.ts'
import { decodeByOracle, encodeByOracle } from './oracle.ts'

/** What an answer says, read by dns-packet. */
export interface Answered {
  readonly rcode: string
  readonly answers: readonly unknown[]
  readonly tc: boolean
  readonly octets: Uint8Array
}

/** Asks a zone as dns-packet writes it; `upstream` or `drop` where there is no answer. */
export function ask(
  zone: Zone,
  name: string,
  type = 'A',
  rest: { from?: string; network?: string; rotation?: number; isTcp?: boolean } = {},
): Answered | 'upstream' | 'drop' {
  const questions = [{ name, type }]
  const octets = encodeByOracle({ type: 'query', id: 7, flags: 0x100, questions })
  const outcome = answerQuestion({
    octets,
    zone,
    askerAddress: rest.from ?? '10.4.0.2',
    isTcp: rest.isTcp ?? false,
    rotation: rest.rotation ?? 0,
    ...(rest.network === undefined ? {} : { network: rest.network }),
  })
  if (outcome.kind !== 'answer') return outcome.kind
  const answer = decodeByOracle(outcome.octets)
  const answers = answer.answers.map(({ data }) => data)
  return { rcode: answer.rcode, answers, tc: answer.flag_tc, octets: outcome.octets }
}

/** The data of the answers; the rcode where there are none. */
export function answersOf(outcome: Answered | 'upstream' | 'drop'): readonly unknown[] | string {
  if (typeof outcome === 'string') return outcome
  return outcome.answers.length > 0 ? outcome.answers : outcome.rcode
}
