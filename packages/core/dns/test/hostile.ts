import { ageAnswer, staleAnswer } from '../src/age-answer.ts'
import { answerQuestion } from '../src/answer-question.ts'
import { answerSeconds } from '../src/answer-seconds.ts'
import { checkUpstreamAnswer } from '../src/check-upstream-answer.ts'
import { formatMessage } from '../src/format-message.ts'
import { type DnsMessage, noFlags } from '../src/message.ts'
import { dnsType } from '../src/numbers.ts'
import { parseMessage } from '../src/parse-message.ts'
import { addressRecord, authorityRecord, serviceRecord, textRecord } from '../src/records.ts'
import { keptAnswer, relayAnswer } from '../src/relay-answer.ts'
import { formatUpstreamQuery } from '../src/upstream-query.ts'
import { container, lanZone } from './lan.ts'

const names = [
  'web',
  'db.lan',
  'api',
  'nothing',
  'example.com',
  '2.0.4.10.in-addr.arpa',
  '_80._tcp.web',
  '.',
]
const types = [
  dnsType.A,
  dnsType.AAAA,
  dnsType.PTR,
  dnsType.SRV,
  dnsType.ANY,
  dnsType.HTTPS,
  dnsType.AXFR,
]
const bare: DnsMessage = {
  id: 0x1234,
  flags: { ...noFlags, recursionDesired: true },
  opcode: 0,
  rcode: 0,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
}
const edns = {
  udpSize: 1400,
  dnssecOk: true,
  version: 0,
  options: [{ code: 10, data: new Uint8Array(8) }],
}

/** Well-formed questions, of all that a zone answers. */
export const questions: readonly Uint8Array[] = names.flatMap((name) =>
  types.flatMap((type) => {
    const message = { ...bare, questions: [{ name, type, class: 1 }] }
    return [formatMessage(message, 512), formatMessage({ ...message, edns }, 512)]
  }),
)

const asked: DnsMessage = {
  ...bare,
  questions: [{ name: 'www.example.com', type: dnsType.A, class: 1 }],
}
const head = { name: 'www.example.com', ttl: 60 }
const alias = { name: head.name, type: dnsType.CNAME, class: 1, ttl: 30, data: ['a.example.com'] }
const answered: DnsMessage = { ...asked, flags: { ...noFlags, response: true } }

/** Well-formed answers of upstream to one question. */
export const answers: readonly Uint8Array[] = [
  {
    ...answered,
    answers: [alias, addressRecord({ ...head, name: 'a.example.com' }, Uint8Array.of(1, 2, 3, 4))],
  },
  { ...answered, rcode: 3, authorities: [authorityRecord({ name: 'example.com', ttl: 60 }, 1)] },
  {
    ...answered,
    answers: [textRecord(head, 'text'), serviceRecord(head, 80, 'a.example.com')],
    edns,
  },
  { ...answered, answers: new Array(40).fill(addressRecord(head, Uint8Array.of(1, 2, 3, 4))) },
].map((message) => formatMessage(message, 65535))

const zone = lanZone([
  container('1', 'web', { ports: [{ hostPort: 80, containerPort: 80, protocol: 'tcp' }] }),
  ...['2', '3'].map((digit) =>
    container(digit, `db${digit}`, {
      networks: { lan: { addresses: [`10.4.0.${digit}`], aliases: ['api', 'db'] } },
    }),
  ),
])

/** How much the zone keeps: bounded by the names that there are. */
export function keptBySpeed(): number {
  const sizes = [...zone.views.values()].map(({ size }) => size)
  return (
    zone.prepared.entries.size + zone.sharedViews.size + sizes.reduce((sum, each) => sum + each, 0)
  )
}

// As sockets give it: of Node's Buffer, whose slice() is the same memory.
function received(octets: Uint8Array): Uint8Array {
  return Object.assign(octets, { slice: octets.subarray })
}

/** The fault in how a question is answered; undefined when there is none. Throws when an answer cannot be parsed. */
export function faultOfAnswer(octets: Uint8Array, rotation: number): string | undefined {
  const before = octets.slice()
  const isTcp = rotation % 2 === 1
  const outcome = answerQuestion({
    octets: received(octets),
    zone,
    askerAddress: '10.4.0.2',
    isTcp,
    rotation,
  })
  if (!octets.every((octet, at) => octet === before[at])) return 'the question was changed'
  const isAnswer = octets.length < 12 || ((octets[2] ?? 0) & 0x80) !== 0
  if (isAnswer !== (outcome.kind === 'drop')) return 'dropped, or not'
  if (outcome.kind === 'drop') return undefined
  if (outcome.kind === 'upstream') return faultOfForwarded(outcome.message, parseMessage(octets))
  if (!isTcp && outcome.octets.length > 1232) return 'too long for UDP'
  return faultOfReply(octets, parseMessage(outcome.octets))
}

function faultOfForwarded(message: DnsMessage, given: DnsMessage): string | undefined {
  const [question] = given.questions
  if (message.questions.length !== 1) return 'not one question'
  if (question?.name !== message.questions[0]?.name) return 'another question'
  const query = formatUpstreamQuery({ message, id: 1 })
  return query && query.octets.length <= 512 ? undefined : 'a query too long'
}

function faultOfReply(octets: Uint8Array, reply: DnsMessage): string | undefined {
  if (!reply.flags.response || reply.id !== (((octets[0] ?? 0) << 8) | (octets[1] ?? 0)))
    return 'id'
  if (reply.questions.length === 0) return reply.answers.length === 0 ? undefined : 'not asked'
  const [asked, ...more] = parseMessage(octets).questions
  const [question] = reply.questions
  if (more.length > 0 || !asked || !question) return 'not one question'
  if (asked.name !== question.name || asked.type !== question.type) return 'another question'
  if ((asked.spelling ?? '') !== (question.spelling ?? '')) return 'another spelling'
  const isAsked = reply.answers.every(
    ({ name, type }) => name === asked.name && (type === asked.type || asked.type === dnsType.ANY),
  )
  return isAsked ? undefined : 'an answer to what was not asked'
}

/** The fault in how an answer of upstream is taken; undefined when there is none. Throws when it harms what follows. */
export function faultOfTaken(answer: Uint8Array): string | undefined {
  const [question = { name: '', type: 0, class: 0 }] = asked.questions
  const check = checkUpstreamAnswer({ question, id: asked.id, answer: received(answer) })
  if (check.kind !== 'accepted') return undefined
  const { message } = check
  if (message.id !== asked.id || !message.flags.response) return 'a spoofed answer'
  if (
    message.questions.some(({ name, type }) => name !== question.name || type !== question.type)
  ) {
    return 'an answer to what was not asked'
  }
  const octets = keptAnswer(message)
  if (!(answerSeconds(message) >= 0)) return 'a time that is none'
  for (const each of [octets, ageAnswer(octets, 10), staleAnswer(octets)]) {
    const relayed = relayAnswer({ message: asked, octets: each, isTcp: false })
    if (relayed.length > 512) return 'too long for UDP'
    if (parseMessage(relayed).questions[0]?.name !== question.name) return 'another question'
  }
  return undefined
}
