import { expect, it } from 'vitest'
import { formatMessage } from './format-message.ts'
import { type DnsMessage, noFlags } from './message.ts'
import { nameOctets } from './name-octets.ts'
import { dnsType } from './numbers.ts'
import { parseMessage } from './parse-message.ts'
import { readName } from './read-name.ts'
import { keptAnswer } from './relay-answer.ts'

// 127 labels in 255 octets, and two octets to point at them: whoever has a domain can have thousands of them answered.
const name = Array.from({ length: 127 }, (_, at) => String.fromCharCode(97 + (at % 26))).join('.')
const others = Array.from({ length: 2000 }, (_, at) => `${at % 10}${name.slice(1)}`)

it('names that point at a long one are read by a few octets each', () => {
  let reads = 0
  const pointers = others.flatMap((each) => [1, each.charCodeAt(0), 0xc0, 2])
  const message = Uint8Array.from([...nameOctets(name), ...pointers])
  const counted = new Proxy(message, {
    get(target, key) {
      reads += 1
      return target[Number(key)] ?? Reflect.get(target, key)
    },
  })
  const tails = new Map()
  const found = others.map((_, at) => readName(counted, 255 + 4 * at, tails).spelling)
  expect(found).toEqual(others)
  expect(reads).toBeLessThan(10 * others.length)
})

it('an answer of thousands of long names is kept as it is', () => {
  const message: DnsMessage = {
    id: 0,
    flags: { ...noFlags, response: true },
    opcode: 0,
    rcode: 0,
    questions: [{ name, type: dnsType.CNAME, class: 1 }],
    answers: others.map((each) => {
      return { name, type: dnsType.CNAME, class: 1, ttl: 60, data: [each] }
    }),
    authorities: [],
    additionals: [],
  }
  expect(parseMessage(formatMessage(message, 65_535))).toEqual(message)
  expect(parseMessage(keptAnswer(message))).toEqual(message)
})
