import type { CniError } from '@vethra/cni'
import { loopToken, parseMessage } from '@vethra/dns'
import { expect, it } from 'vitest'
import { answerTo, type SampleServer, sampleUpstream } from '../../test/upstream-servers.ts'
import { newUpstreamHealth, type UpstreamHealth } from './upstream-health.ts'

const [one, other] = ['192.0.2.53', '192.0.2.54'] as const

function sample(servers: (health: () => UpstreamHealth) => Readonly<Record<string, SampleServer>>) {
  const reports: CniError[] = []
  const upstream = sampleUpstream(servers(() => health))
  const onReport = (report: CniError) => void reports.push(report)
  const health: UpstreamHealth = newUpstreamHealth({ ...upstream, onReport })
  const probe = async () => {
    const done = health.probe([one, other])
    await upstream.pass(1200)
    await done
  }
  return { ...upstream, health, reports, probe }
}

// It asks us what it is asked, and waits for our answer.
const looping =
  (health: () => UpstreamHealth): SampleServer =>
  ({ octets }) => {
    const token = loopToken(parseMessage(octets))
    if (token !== undefined) health().onLoop(token)
    return undefined
  }

it('a server that asks us in turn is told once, left out, and asked again when it does so no more', async () => {
  let server: SampleServer = () => undefined
  const { health, reports, probe, pass } = sample((health) => {
    server = looping(health)
    return { [one]: (asking) => server(asking), [other]: answerTo }
  })
  await probe()
  expect(health.order([one, other])).toEqual([other])
  expect(health.faults()).toEqual([{ Server: one, Fault: expect.stringContaining('a loop') }])
  await pass(30_000)
  await probe()
  expect(reports.map(({ message }) => message)).toEqual([health.faults()[0]?.Fault])
  server = answerTo
  await pass(30_000)
  await probe()
  expect(health.order([one, other])).toEqual([one, other])
  expect(health.faults()).toEqual([])
})

it('a token that nobody was sent changes nothing', async () => {
  const { health, probe } = sample(() => ({ [one]: answerTo, [other]: answerTo }))
  await probe()
  health.onLoop('0123456789abcdef')
  expect(health.order([one, other])).toEqual([one, other])
  expect(health.faults()).toEqual([])
})

it('one that does not answer three times in a row is told, and asked last, until it answers', () => {
  const { health, reports } = sample(() => ({}))
  for (const answered of [false, false, true, false, false]) health.onOutcome(one, answered)
  expect([health.faults(), reports]).toEqual([[], []])
  health.onOutcome(one, false)
  expect(health.order([one, other])).toEqual([other, one])
  expect(health.faults()).toEqual([
    { Server: one, Fault: expect.stringContaining('does not answer') },
  ])
  for (let times = 0; times < 10; times += 1) health.onOutcome(one, false)
  expect(reports.length).toBe(1)
  health.onOutcome(one, true)
  expect(health.order([one, other])).toEqual([one, other])
  expect(health.faults()).toEqual([])
})

it('servers that come and go are told once a minute, and no more of them are known than a bound', async () => {
  const { health, reports, pass } = sample(() => ({}))
  const fail = (server: string) => {
    for (let times = 0; times < 3; times += 1) health.onOutcome(server, false)
  }
  for (let times = 0; times < 5; times += 1) {
    fail(one)
    health.onOutcome(one, true)
  }
  expect(reports.length).toBe(1)
  await pass(60_000)
  fail(one)
  expect(reports.length).toBe(2)
  for (let at = 0; at < 1000; at += 1) fail(`10.0.${at >> 8}.${at & 255}`)
  expect(health.faults().length).toBe(256)
})

it('one that nobody names any more is forgotten', async () => {
  const { health, pass, probe } = sample(() => ({ [one]: answerTo, [other]: answerTo }))
  for (let times = 0; times < 3; times += 1) health.onOutcome('192.0.2.99', false)
  await pass(601_000)
  await probe()
  expect(health.faults()).toEqual([])
})
