import { dnsRcode, noFlags } from '@vethra/dns'
import { expect, it } from 'vitest'
import {
  answerTo,
  questionOf,
  type SampleServer,
  sampleUpstream,
} from '../../test/upstream-servers.ts'
import { askUpstream } from './ask-upstream.ts'
import { newUpstreamHealth } from './upstream-health.ts'

const [one, other] = ['192.0.2.53', '192.0.2.54'] as const
const good: SampleServer = answerTo
const failing: SampleServer = (asking) =>
  answerTo(asking, { rcode: dnsRcode.SERVFAIL, answers: [] })

async function ask(
  servers: Readonly<Record<string, SampleServer>>,
  passMs: number,
  order: readonly string[] = [one, other],
) {
  const upstream = sampleUpstream(servers)
  const health = newUpstreamHealth({ ...upstream, onReport: () => undefined })
  let outcome: unknown = 'none yet'
  const asking = askUpstream({ ...upstream, health }, questionOf('up.test'), order)
  void asking.then((answer) => {
    outcome = answer === undefined ? 'no answer' : answer.rcode
  })
  await upstream.pass(passMs)
  return { outcome, asked: upstream.asked }
}

it('the first server answers, and no other is asked', async () => {
  expect(await ask({ [one]: good, [other]: good }, 50)).toEqual({ outcome: 0, asked: [one] })
})

it('one that hangs is followed by the next after 0.8 s', async () => {
  const servers = { [other]: good }
  expect(await ask(servers, 700)).toEqual({ outcome: 'none yet', asked: [one] })
  expect(await ask(servers, 900)).toEqual({ outcome: 0, asked: [one, other] })
})

it('when all hang there is no answer after 4 s, and each was asked twice', async () => {
  expect(await ask({}, 3900)).toMatchObject({ outcome: 'none yet' })
  expect(await ask({}, 4100)).toEqual({ outcome: 'no answer', asked: [one, other, one, other] })
})

it('a failure is followed by the next server at once, and counts when there is nothing better', async () => {
  expect(await ask({ [one]: failing, [other]: good }, 50)).toMatchObject({ outcome: 0 })
  const both = { [one]: failing, [other]: failing }
  expect(await ask(both, 4100)).toMatchObject({ outcome: dnsRcode.SERVFAIL })
})

it('an answer that is cut is asked for by TCP, and of the next server where that hangs', async () => {
  const cut =
    (tcp: SampleServer): SampleServer =>
    (asking) =>
      asking.overTcp
        ? tcp(asking)
        : answerTo(asking, { answers: [], flags: { ...noFlags, response: true, truncated: true } })
  expect(await ask({ [one]: cut(good) }, 50)).toEqual({ outcome: 0, asked: [one, `tcp ${one}`] })
  const hung = await ask({ [one]: cut(() => undefined), [other]: good }, 900)
  expect(hung).toEqual({ outcome: 0, asked: [one, `tcp ${one}`, other] })
})

it.each([dnsRcode.FORMERR, dnsRcode.NOTIMP])(
  'a server that does not know EDNS, and answers with code %i, is asked without',
  async (rcode) => {
    const old: SampleServer = (asking) => {
      const hasEdns = asking.octets[11] === 1
      return answerTo(asking, hasEdns ? { rcode, answers: [] } : {})
    }
    expect(await ask({ [one]: old }, 50)).toEqual({ outcome: 0, asked: [one, one] })
  },
)

it.each([
  ['another id', (asking) => answerTo(asking, { id: 9999 })],
  [
    'another question',
    (asking) => answerTo(asking, { questions: questionOf('evil.test').questions }),
  ],
  ['a question in place of an answer', ({ octets }) => octets],
  ['a header alone', ({ octets }) => octets.slice(0, 8)],
] satisfies readonly (readonly [string, SampleServer])[])(
  'what is not the answer, as %s, is waited past',
  async (_, liar) => {
    const { outcome, asked } = await ask({ [one]: liar, [other]: good }, 900)
    expect([outcome, asked]).toEqual([0, [one, other]])
  },
)

it('the right answer with rubbish behind it is none, and the next server is asked at once', async () => {
  const rubbish: SampleServer = (asking) => {
    const octets = answerTo(asking)
    octets[7] = 9
    return octets
  }
  expect(await ask({ [one]: rubbish, [other]: good }, 50)).toMatchObject({ outcome: 0 })
})

it('without servers there is no answer at once', async () => {
  expect(await ask({}, 50, [])).toEqual({ outcome: 'no answer', asked: [] })
})
