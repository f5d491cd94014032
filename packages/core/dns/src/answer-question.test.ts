import fc from 'fast-check'
import { expect, it } from 'vitest'
import { container, lanZone } from '../test/lan.ts'
import { answerQuestion } from './answer-question.ts'
import { formatMessage } from './format-message.ts'
import { type DnsEdns, type DnsMessage, noFlags } from './message.ts'
import { dnsType } from './numbers.ts'
import { parseMessage } from './parse-message.ts'

const zone = lanZone([container('1', 'web'), container('2', 'db')])
const asked = { zone, askerAddress: '10.4.0.3', isTcp: false, rotation: 0 }
const plain: DnsMessage = {
  id: 0x1234,
  flags: { ...noFlags, recursionDesired: true },
  opcode: 0,
  rcode: 0,
  questions: [{ name: 'web', type: dnsType.A, class: 1 }],
  answers: [],
  authorities: [],
  additionals: [],
}
const edns: DnsEdns = { udpSize: 4096, dnssecOk: false, version: 0, options: [] }
const record = { name: 'web', type: 1, class: 1, ttl: 0, data: [Uint8Array.of(1, 2, 3, 4)] }

function outcomeOf(octets: Uint8Array) {
  return answerQuestion({ ...asked, octets })
}

function answerTo(message: Partial<DnsMessage>): DnsMessage {
  const outcome = outcomeOf(formatMessage({ ...plain, ...message }, 65535))
  expect.assert(outcome.kind === 'answer')
  return parseMessage(outcome.octets)
}

it.each<[title: string, message: Partial<DnsMessage>, rcode: number]>([
  ['a name', {}, 0],
  ['an unknown name', { questions: [{ name: 'x', type: 1, class: 1 }] }, 3],
  ['a version of EDNS that is to come', { edns: { ...edns, version: 1 } }, 16],
  ['a zone transfer', { questions: [{ name: 'lan', type: dnsType.AXFR, class: 1 }] }, 5],
  [
    'the changes of a zone',
    { questions: [{ name: 'lan', type: dnsType.IXFR, class: 1 }], authorities: [record] },
    5,
  ],
  ['OPT as a type', { questions: [{ name: 'web', type: dnsType.OPT, class: 1 }] }, 1],
  ['class HESIOD', { questions: [{ name: 'web', type: 1, class: 4 }] }, 5],
  ['any class', { questions: [{ name: 'web', type: 1, class: 255 }] }, 5],
  ['CHAOS', { questions: [{ name: 'hostname.bind', type: dnsType.TXT, class: 3 }] }, 5],
  ['two questions', { questions: [...plain.questions, ...plain.questions] }, 1],
  ['no question', { questions: [] }, 1],
  ['a question with answers', { answers: [record] }, 1],
  ['a question with many records', { additionals: new Array(5).fill(record) }, 1],
  ['a notification', { opcode: 4 }, 4],
  ['an update', { opcode: 5 }, 4],
  [
    'no recursion for a name of others',
    { flags: noFlags, questions: [{ name: 'a.test', type: 1, class: 1 }] },
    5,
  ],
])('%s', (_, message, rcode) => {
  expect(answerTo(message)).toMatchObject({ id: 0x1234, rcode, flags: { response: true } })
})

it('the version by CHAOS is no version', () => {
  const questions = [{ name: 'version.bind', type: dnsType.TXT, class: 3 }]
  const octets = formatMessage({ ...plain, questions }, 512)
  const outcome = outcomeOf(octets)
  expect.assert(outcome.kind === 'answer')
  const [answer] = parseMessage(outcome.octets).answers
  expect(answer).toMatchObject({ class: 3, data: [Uint8Array.from([6, ...letters('vethra')])] })
})

it.each([
  ['an answer', formatMessage({ ...plain, flags: { ...noFlags, response: true } }, 512)],
  ['nothing', new Uint8Array()],
  ['less than a header', formatMessage(plain, 512).slice(0, 11)],
])('%s is dropped', (_, octets) => {
  expect(outcomeOf(octets)).toEqual({ kind: 'drop' })
})

it.each([
  ['a question cut short', formatMessage(plain, 512).slice(0, -1)],
  ['octets behind the end', Uint8Array.of(...formatMessage(plain, 512), 0)],
  ['an OPT record cut short', formatMessage({ ...plain, edns }, 512).slice(0, -1)],
  ['two OPT records', twice(formatMessage({ ...plain, edns }, 512))],
  ['an OPT record with a name', named(formatMessage({ ...plain, edns }, 512))],
  [
    'a pointer to itself',
    Uint8Array.of(...formatMessage(plain, 512).slice(0, 12), 0xc0, 12, 0, 1, 0, 1),
  ],
])('%s is not well-formed', (_, octets) => {
  const outcome = outcomeOf(octets)
  expect.assert(outcome.kind === 'answer')
  expect(parseMessage(outcome.octets)).toMatchObject({ id: 0x1234, rcode: 1, questions: [] })
})

it('the question is repeated as it was spelled, and so are the bits of the asker', () => {
  const questions = [{ name: 'web.lan', type: 1, class: 1, spelling: 'wEb.LAN' }]
  const flags = { ...noFlags, checkingDisabled: true, authenticData: true }
  const found = answerTo({ questions, flags, edns: { ...edns, dnssecOk: true } })
  expect(found.questions).toEqual(questions)
  expect(found.edns).toEqual({ udpSize: 1232, dnssecOk: true, version: 0, options: [] })
  const bits = {
    checkingDisabled: true,
    authenticData: false,
    recursionDesired: false,
    authoritative: true,
  }
  expect(found.flags).toMatchObject(bits)
})

it('options of EDNS are no obstacle', () => {
  const cookie = { code: 10, data: new Uint8Array(8) }
  expect(answerTo({ edns: { ...edns, options: [cookie] } })).toMatchObject({
    rcode: 0,
    edns: { options: [] },
  })
})

it.each([
  [undefined, false, 512],
  [0, false, 512],
  [700, false, 700],
  [4096, false, 1232],
  [512, true, 65535],
])('EDNS size %s, TCP %s: at most %i octets', (udpSize, isTcp, most) => {
  const crowd = Array.from({ length: 5000 }, (_, index) =>
    container('1', `c${index}`, {
      networks: { lan: { addresses: [`10.4.${index >> 8}.${index & 255}`], aliases: ['api'] } },
    }),
  )
  const crowded = { ...asked, zone: lanZone(crowd), isTcp, askerAddress: '10.4.0.1' }
  const questions = [{ name: 'api', type: 1, class: 1 }]
  const size = udpSize === undefined ? {} : { edns: { ...edns, udpSize } }
  const octets = formatMessage({ ...plain, questions, ...size }, 512)
  for (const _ of ['made', 'kept']) {
    const outcome = answerQuestion({ ...crowded, octets })
    expect.assert(outcome.kind === 'answer')
    expect(outcome.octets.length).toBeLessThanOrEqual(most)
    expect(outcome.octets.length).toBeGreaterThan(isTcp ? 60_000 : most - 16)
    expect(parseMessage(outcome.octets).flags.truncated).toBe(!isTcp)
  }
})

it('an internal network says why it does not ask upstream', () => {
  const vault = { vault: { addresses: ['10.6.0.2'], aliases: [] } }
  const inner = lanZone([container('1', 'web', { networks: vault })])
  const questions = [{ name: 'example.com', type: 1, class: 1 }]
  const octets = formatMessage({ ...plain, questions, edns }, 512)
  const outcome = answerQuestion({ ...asked, zone: inner, askerAddress: '10.6.0.2', octets })
  expect.assert(outcome.kind === 'answer')
  const { rcode, edns: said } = parseMessage(outcome.octets)
  expect({ rcode, code: said?.options[0]?.code, why: said?.options[0]?.data[1] }).toEqual({
    rcode: 5,
    code: 15,
    why: 18,
  })
})

it('an answer that was kept is the one that was made', () => {
  const name = fc.constantFrom(
    'web',
    'db',
    'WEB.lan',
    'x',
    'db.lan',
    'localhost',
    '2.0.4.10.in-addr.arpa',
  )
  const type = fc.constantFrom(1, 28, 12, 33, 65, 255)
  const question = fc.record({ name, type, class: fc.constant(1) })
  fc.assert(
    fc.property(
      fc.array(question, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (questions, has) => {
        const old = lanZone([container('1', 'web'), container('2', 'db')])
        for (const each of questions) {
          const message = { ...plain, questions: [each], ...(has ? { edns } : {}) }
          const octets = formatMessage(message, 512)
          const anew = lanZone([container('1', 'web'), container('2', 'db')])
          const [kept, made] = [old, anew].map((zone) => answerQuestion({ ...asked, zone, octets }))
          expect(kept).toEqual(made)
        }
      },
    ),
  )
})

function letters(text: string): readonly number[] {
  return Array.from(text, (each) => each.charCodeAt(0))
}

function twice(octets: Uint8Array): Uint8Array {
  const more = Uint8Array.of(...octets, ...octets.slice(-11))
  more[11] = 2
  return more
}

// The name of the OPT record becomes that of the question.
function named(octets: Uint8Array): Uint8Array {
  return Uint8Array.of(...octets.slice(0, -11), 0xc0, 12, ...octets.slice(-10))
}

it('what an asker makes up is not kept', () => {
  const made = lanZone([container('1', 'web')])
  const names = (index: number) => {
    const digits = index.toString(16).padStart(4, '0')
    const nibbles = Array.from(digits).join('.')
    return [
      { name: `${digits}.localhost`, type: 1 },
      { name: digits, type: 1 },
      { name: `_${index}._tcp.web`, type: dnsType.SRV },
      { name: `${nibbles}.0.0.0.0.0.0.0.0.4.0.0.0.0.0.d.f.ip6.arpa`, type: dnsType.PTR },
      { name: 'web', type: 1000 + index },
      { name: `${digits}.resolver.arpa`, type: 1 },
    ]
  }
  const asks = Array.from({ length: 200 }, (_, index) => names(index)).flat()
  for (const { name, type } of asks) {
    const octets = formatMessage({ ...plain, questions: [{ name, type, class: 1 }] }, 512)
    expect(answerQuestion({ ...asked, zone: made, octets }).kind).toBe('answer')
  }
  expect(made.prepared.entries.size).toBe(0)
  expect(made.prepared.negatives.size).toBeLessThan(5)
})
