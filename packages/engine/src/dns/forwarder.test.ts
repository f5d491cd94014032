import { type DnsMessage, dnsRcode, parseMessage } from '@vethra/dns'
import { expect, it } from 'vitest'
import {
  answerTo,
  questionOf,
  type SampleServer,
  sampleUpstream,
} from '../../test/upstream-servers.ts'
import { type Forwarder, type ForwarderBounds, newForwarder } from './forwarder.ts'
import { newUpstreamHealth } from './upstream-health.ts'

const server = '192.0.2.53'
const bounds = { mostEntries: 10, mostOctets: 10_000, most: 4, mostOfOne: 2 }

function sample(answer: SampleServer, own: ForwarderBounds = bounds) {
  const upstream = sampleUpstream({ [server]: answer })
  const health = newUpstreamHealth({ ...upstream, onReport: () => undefined })
  return { ...upstream, forwarder: newForwarder({ ...upstream, health }, own) }
}

/** A question that was forwarded, and its answer: absent until there is one. */
function ask(forwarder: Forwarder, name: string, asker = '10.0.0.2') {
  const seen: { answer?: DnsMessage } = {}
  const message = questionOf(name)
  const reply = forwarder.forward({ message, isTcp: false, asker, servers: [server] })
  void Promise.resolve(reply).then((octets) => {
    seen.answer = parseMessage(octets)
  })
  return { seen, isNow: !(reply instanceof Promise) }
}

it('questions that are the same are asked once, answered each, and then remembered as long as they may', async () => {
  const { forwarder, asked, pass } = sample(answerTo)
  const both = [ask(forwarder, 'a.test'), ask(forwarder, 'a.test', '10.0.0.3')]
  await pass(50)
  for (const { seen } of both) expect(seen.answer).toMatchObject({ id: 7, rcode: 0 })
  expect(asked).toEqual([server])
  await pass(40_000)
  const later = ask(forwarder, 'a.test')
  await pass(50)
  expect(later).toMatchObject({ isNow: true, seen: { answer: { answers: [{ ttl: 20 }] } } })
  await pass(30_000)
  expect(ask(forwarder, 'a.test').isNow).toBe(false)
})

it('when upstream is gone, what was known is given late for a day, before SERVFAIL', async () => {
  let isUp = true
  const { forwarder, pass } = sample((asking) => (isUp ? answerTo(asking) : undefined))
  ask(forwarder, 'a.test')
  await pass(50)
  isUp = false
  await pass(70_000)
  const { seen } = ask(forwarder, 'a.test')
  await pass(1700)
  expect(seen.answer).toBeUndefined()
  await pass(200)
  expect(seen.answer).toMatchObject({ rcode: 0, answers: [{ ttl: 30 }] })
  const unknown = ask(forwarder, 'b.test')
  await pass(4100)
  expect(unknown.seen.answer?.rcode).toBe(dnsRcode.SERVFAIL)
})

it('one client has a bound of questions upstream, all together another, and both are free again', async () => {
  const { forwarder, pass } = sample(() => undefined)
  const rcodes = async (asker: string, names: readonly string[]) => {
    const asked = names.map((name) => ask(forwarder, name, asker))
    await pass(0)
    return asked.map(({ seen }) => seen.answer?.rcode)
  }
  const waits = undefined
  expect(await rcodes('10.0.0.2', ['a', 'b', 'c'])).toEqual([waits, waits, dnsRcode.SERVFAIL])
  expect(await rcodes('10.0.0.3', ['d', 'e'])).toEqual([waits, waits])
  expect(await rcodes('10.0.0.4', ['f'])).toEqual([dnsRcode.SERVFAIL])
  await pass(4100)
  expect(await rcodes('10.0.0.2', ['g'])).toEqual([waits])
})

it('what is forgotten is asked again', async () => {
  const { forwarder, pass } = sample(answerTo)
  ask(forwarder, 'a.test')
  await pass(50)
  forwarder.forget()
  expect(ask(forwarder, 'a.test').isNow).toBe(false)
})

it('a failure of upstream does not replace what was good', async () => {
  let fails = false
  const failure = { rcode: dnsRcode.SERVFAIL, answers: [] }
  const { forwarder, pass } = sample((asking) => answerTo(asking, fails ? failure : {}))
  ask(forwarder, 'a.test')
  await pass(50)
  fails = true
  await pass(70_000)
  const { seen } = ask(forwarder, 'a.test')
  await pass(1900)
  expect(seen.answer).toMatchObject({ rcode: 0, answers: [{ ttl: 30 }] })
})
