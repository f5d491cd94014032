import { expect, it } from 'vitest'
import { ageAnswer, staleAnswer } from './age-answer.ts'
import { answerSeconds } from './answer-seconds.ts'
import { checkUpstreamAnswer } from './check-upstream-answer.ts'
import { formatMessage } from './format-message.ts'
import { loopProbe, loopToken } from './loop-probe.ts'
import { type DnsMessage, type DnsRecord, noFlags } from './message.ts'
import { dnsType } from './numbers.ts'
import { parseMessage } from './parse-message.ts'
import { addressRecord, authorityRecord } from './records.ts'
import { keptAnswer, relayAnswer } from './relay-answer.ts'
import { formatReply } from './reply.ts'
import { cacheKey, formatUpstreamQuery } from './upstream-query.ts'

const asked: DnsMessage = {
  id: 7,
  flags: { ...noFlags, recursionDesired: true },
  opcode: 0,
  rcode: 0,
  questions: [{ name: 'www.example.com', type: dnsType.A, class: 1 }],
  answers: [],
  authorities: [],
  additionals: [],
}
const edns = { udpSize: 4096, dnssecOk: true, version: 0, options: [] }
const question = { name: 'www.example.com', type: dnsType.A, class: 1 }
const address = (ttl: number) =>
  addressRecord({ name: question.name, ttl }, Uint8Array.of(1, 2, 3, 4))
const alias = (ttl: number): DnsRecord => ({
  ...address(ttl),
  type: dnsType.CNAME,
  data: ['a.test'],
})
const soa = (ttl: number) => authorityRecord({ name: 'example.com', ttl }, 1)
const answer: DnsMessage = {
  ...asked,
  id: 99,
  flags: { ...noFlags, response: true, recursionAvailable: true, authenticData: true },
  answers: [alias(100), address(50)],
  authorities: [],
}

it('a query has the question, DNSSEC bits and EDNS of ours, and nothing else of the asker', () => {
  const cookie = { code: 10, data: new Uint8Array(8) }
  const message = { ...asked, edns: { ...edns, options: [cookie] }, additionals: [address(1)] }
  const spelled = { ...message, questions: [{ ...question, spelling: 'WWW.example.com' }] }
  const query = formatUpstreamQuery({ message: spelled, id: 5 })
  expect(query?.question).toEqual(question)
  expect(parseMessage(query?.octets ?? new Uint8Array())).toEqual({
    ...asked,
    id: 5,
    flags: { ...noFlags, recursionDesired: true, authenticData: true },
    edns: { ...edns, udpSize: 1232 },
  })
  const bare = formatUpstreamQuery({ message, id: 5, hasEdns: false })
  expect(parseMessage(bare?.octets ?? new Uint8Array()).edns).toBeUndefined()
})

it.each<[title: string, message: Partial<DnsMessage>, expected: object]>([
  ['the answer', {}, { kind: 'accepted' }],
  ['another id', { id: 98 }, { kind: 'spoofed', reason: 'id' }],
  ['a question', { flags: noFlags }, { kind: 'spoofed', reason: 'query' }],
  ['another opcode', { opcode: 4 }, { kind: 'spoofed', reason: 'opcode' }],
  [
    'another name',
    { questions: [{ ...question, name: 'example.com' }] },
    { kind: 'spoofed', reason: 'question' },
  ],
  [
    'another spelling',
    { questions: [{ ...question, spelling: 'WWW.example.com' }] },
    { kind: 'spoofed', reason: 'question' },
  ],
  [
    'another type',
    { questions: [{ ...question, type: 28 }] },
    { kind: 'spoofed', reason: 'question' },
  ],
  [
    'another class',
    { questions: [{ ...question, class: 3 }] },
    { kind: 'spoofed', reason: 'question' },
  ],
  ['two questions', { questions: [question, question] }, { kind: 'spoofed', reason: 'question' }],
  ['no question', { questions: [] }, { kind: 'spoofed', reason: 'question' }],
  ['a failure without a question', { questions: [], rcode: 1 }, { kind: 'accepted' }],
  ['a truncated one', { flags: { ...answer.flags, truncated: true } }, { kind: 'truncated' }],
])('%s', (_, message, expected) => {
  const octets = formatMessage({ ...answer, ...message }, 65535)
  expect(checkUpstreamAnswer({ question, id: 99, answer: octets })).toMatchObject(expected)
})

it.each([
  [0, { kind: 'spoofed', reason: 'short' }],
  [11, { kind: 'spoofed', reason: 'short' }],
  [20, { kind: 'spoofed', reason: 'question' }],
  [-1, { kind: 'malformed' }],
])('an answer cut to %i octets', (length, expected) => {
  const octets = formatMessage(answer, 65535).slice(0, length)
  expect(checkUpstreamAnswer({ question, id: 99, answer: octets })).toEqual(expected)
})

it('an answer that is truncated within a record is truncated', () => {
  const octets = formatMessage({ ...answer, flags: { ...answer.flags, truncated: true } }, 65535)
  const cut = octets.slice(0, -3)
  expect(checkUpstreamAnswer({ question, id: 99, answer: cut })).toEqual({ kind: 'truncated' })
})

it.each<[title: string, message: Partial<DnsMessage>, seconds: number]>([
  ['the lowest of the answers', {}, 50],
  ['at most a day', { answers: [address(1_000_000)] }, 86_400],
  ['zero', { answers: [address(0)] }, 0],
  ['no data: by its SOA record', { answers: [], authorities: [soa(60)] }, 60],
  ['an alias to nothing: by both', { answers: [alias(40)], authorities: [soa(60)] }, 40],
  ['NXDOMAIN', { rcode: 3, answers: [], authorities: [soa(60)] }, 60],
  ['NXDOMAIN for a week', { rcode: 3, answers: [], authorities: [soa(604_800)] }, 3600],
  ['NXDOMAIN behind an alias', { rcode: 3, answers: [alias(40)], authorities: [soa(60)] }, 40],
  ['no data, no SOA record', { answers: [] }, 0],
  ['NXDOMAIN, no SOA record', { rcode: 3, answers: [] }, 0],
  [
    'an SOA record that is none',
    { answers: [], authorities: [{ ...soa(60), data: ['a', 'b'] }] },
    0,
  ],
  ['a failure', { rcode: 2, answers: [] }, 1],
])('kept for how long: %s', (_, message, seconds) => {
  expect(answerSeconds({ ...answer, ...message })).toBe(seconds)
})

it('an answer ages down to 0, and a stale one is for 30 seconds', () => {
  const octets = formatMessage({ ...answer, edns }, 65535)
  const ttls = (aged: Uint8Array) => parseMessage(aged).answers.map(({ ttl }) => ttl)
  expect(ttls(ageAnswer(octets, 60))).toEqual([40, 0])
  expect(ttls(staleAnswer(octets))).toEqual([30, 30])
  expect(ttls(octets)).toEqual([100, 50])
  expect(parseMessage(ageAnswer(octets, 60)).edns).toEqual(edns)
})

it('an answer is relayed with the id, spelling and EDNS of who asked', () => {
  const octets = keptAnswer({
    ...answer,
    edns: { ...edns, options: [{ code: 3, data: new Uint8Array(4) }] },
  })
  const questions = [{ ...question, spelling: 'Www.Example.Com' }]
  const relay = (message: DnsMessage) =>
    parseMessage(relayAnswer({ message, octets, isTcp: false }))
  const plain = relay({ ...asked, questions })
  expect(plain).toMatchObject({ id: 7, questions, answers: answer.answers })
  expect(plain.flags).toEqual({
    ...noFlags,
    response: true,
    recursionDesired: true,
    recursionAvailable: true,
  })
  expect(plain.edns).toBeUndefined()
  const checked = relay({ ...asked, edns })
  expect(checked.flags.authenticData).toBe(true)
  expect(checked.edns).toEqual({ ...edns, udpSize: 1232 })
})

it('an answer too long for UDP is cut, and the flag says so', () => {
  const octets = keptAnswer({ ...answer, answers: new Array(100).fill(address(50)) })
  const relay = (isTcp: boolean) => relayAnswer({ message: asked, octets, isTcp })
  expect(relay(false).length).toBeLessThanOrEqual(512)
  expect(parseMessage(relay(false)).flags.truncated).toBe(true)
  const whole = parseMessage(relay(true))
  expect({ tc: whole.flags.truncated, count: whole.answers.length }).toEqual({
    tc: false,
    count: 100,
  })
})

it('one answer serves those who ask the same with the same DNSSEC bits', () => {
  const spelled = { ...asked, id: 8, questions: [{ ...question, spelling: 'WWW.example.com' }] }
  expect(cacheKey(spelled)).toBe(cacheKey(asked))
  const others = [
    { ...asked, edns },
    { ...asked, flags: { ...noFlags, checkingDisabled: true } },
    { ...asked, questions: [{ ...question, type: 28 }] },
    { ...asked, questions: [{ ...question, name: 'example.com' }] },
  ]
  expect(new Set([asked, ...others].map(cacheKey)).size).toBe(5)
})

it('a reply says why to those who speak EDNS', () => {
  const reason = { code: 22, text: 'upstream is down' }
  const reply = (message: DnsMessage) =>
    parseMessage(formatReply({ message, rcode: 2, isTcp: false, reason }))
  expect(reply(asked)).toMatchObject({ id: 7, rcode: 2, questions: asked.questions })
  expect(reply(asked).edns).toBeUndefined()
  const [option] = reply({ ...asked, edns }).edns?.options ?? []
  expect(option).toEqual({
    code: 15,
    data: Uint8Array.from([0, 22, ...Array.from(reason.text, (each) => each.charCodeAt(0))]),
  })
})

it('a probe that comes back is known by its token', () => {
  expect(loopToken(parseMessage(formatMessage(loopProbe('0123abcd'), 512)))).toBe('0123abcd')
  expect(loopToken(asked)).toBeUndefined()
})

it('an answer in memory that others use, as that of a Buffer, stays as it is', () => {
  class Shared extends Uint8Array {
    override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
      return this.subarray(start, end) as Uint8Array<ArrayBuffer>
    }
  }
  const octets = Shared.from(formatMessage(answer, 1232))
  const before = [...octets]
  expect(checkUpstreamAnswer({ question, id: 99, answer: octets }).kind).toBe('accepted')
  ageAnswer(octets, 10)
  expect([...octets]).toEqual(before)
})
