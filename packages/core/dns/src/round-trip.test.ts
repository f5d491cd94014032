import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatMessage } from './format-message.ts'
import { type DnsMessage, noFlags } from './message.ts'
import { dnsType } from './numbers.ts'
import { parseMessage } from './parse-message.ts'

const octet = fc.integer({ min: 0, max: 255 })
const label = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((octets) => Array.from(octets, escaped).join(''))
const name = fc
  .array(label, { maxLength: 6 })
  .map((labels) => (labels.length === 0 ? '.' : labels.join('.').toLowerCase()))
const data = fc.oneof(
  fc.record({ type: fc.constant(dnsType.A), data: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.record({ type: fc.constant(dnsType.CNAME), data: name }),
  fc.record({ type: fc.constant(dnsType.PTR), data: name }),
  fc.record({ type: fc.constant(1234), data: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
)
const record = fc
  .tuple(name, fc.integer({ min: 0, max: 0x7fffffff }), data)
  .map(([owner, ttl, { type, data }]) => ({ name: owner, class: 1, ttl, type, data: [data] }))
const option = fc.record({
  code: fc.integer({ min: 0, max: 65535 }),
  data: fc.uint8Array({ maxLength: 20 }),
})
const edns = fc.record({
  udpSize: fc.integer({ min: 0, max: 65535 }),
  dnssecOk: fc.boolean(),
  version: octet,
  options: fc.array(option, { maxLength: 3 }),
})
const message: fc.Arbitrary<DnsMessage> = fc.record(
  {
    id: fc.integer({ min: 0, max: 65535 }),
    flags: fc.record({
      response: fc.boolean(),
      authoritative: fc.boolean(),
      truncated: fc.boolean(),
      recursionDesired: fc.boolean(),
      recursionAvailable: fc.boolean(),
      authenticData: fc.boolean(),
      checkingDisabled: fc.boolean(),
    }),
    opcode: fc.integer({ min: 0, max: 15 }),
    rcode: fc.integer({ min: 0, max: 15 }),
    questions: fc.array(fc.record({ name, type: octet, class: octet }), { maxLength: 2 }),
    answers: fc.array(record, { maxLength: 5 }),
    authorities: fc.array(record, { maxLength: 3 }),
    additionals: fc.array(record, { maxLength: 3 }),
    edns,
  },
  {
    requiredKeys: [
      'id',
      'flags',
      'opcode',
      'rcode',
      'questions',
      'answers',
      'authorities',
      'additionals',
    ],
  },
)

it('a message is what was formatted', () => {
  fc.assert(
    fc.property(message, (given) => {
      expect(parseMessage(formatMessage(given, 65535))).toEqual(given)
    }),
  )
})

it('a message fits the octets that it may have, whole or marked as truncated', () => {
  fc.assert(
    fc.property(message, fc.integer({ min: 300, max: 1500 }), (given, most) => {
      const octets = formatMessage({ ...given, flags: noFlags }, most)
      const found = parseMessage(octets)
      const bare = formatMessage({ ...given, answers: [], authorities: [], additionals: [] }, 65535)
      expect(octets.length).toBeLessThanOrEqual(Math.max(most, bare.length))
      expect(given.answers.slice(0, found.answers.length)).toEqual(found.answers)
      const isWhole =
        found.answers.length === given.answers.length &&
        found.authorities.length === given.authorities.length
      expect(found.flags.truncated).toBe(!isWhole)
    }),
  )
})

function escaped(octet: number): string {
  const character = String.fromCharCode(octet)
  if (octet < 0x21 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`
  return character === '.' || character === '\\' ? `\\${character}` : character
}
