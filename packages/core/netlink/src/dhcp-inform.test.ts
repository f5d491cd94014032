import { describe, expect, it } from 'vitest'
import { informMessage, leasedResolvers } from './dhcp-inform.ts'

const question = { xid: 0xdeadbeef, mac: '02:3c:0a:04:01:02', address: '10.33.0.52' }
const cookie = [0x63, 0x82, 0x53, 0x63]

// As a server answers it: RFC 2131, with the options given.
function answer(options: readonly number[], change: Readonly<Record<number, number>> = {}) {
  const octets = new Uint8Array(240 + options.length)
  octets.set([2, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef])
  octets.set([0x02, 0x3c, 0x0a, 0x04, 0x01, 0x02], 28)
  octets.set(cookie, 236)
  octets.set(options, 240)
  for (const [index, value] of Object.entries(change)) octets[Number(index)] = value
  return octets
}

const ack = [53, 1, 5]

it('asks for resolvers by the number, the MAC and the address, in 300 octets', () => {
  const octets = informMessage(question)
  expect(octets).toHaveLength(300)
  expect([...octets.subarray(0, 8)]).toEqual([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef])
  expect([...octets.subarray(12, 16)]).toEqual([10, 33, 0, 52])
  expect([...octets.subarray(28, 34)]).toEqual([0x02, 0x3c, 0x0a, 0x04, 0x01, 0x02])
  expect([...octets.subarray(236, 247)]).toEqual([...cookie, 53, 1, 8, 55, 1, 6, 255])
})

describe('of an answer', () => {
  it.each<[string, readonly number[], readonly string[]]>([
    [
      'two resolvers, in order',
      [...ack, 6, 8, 10, 33, 0, 1, 9, 9, 9, 9, 255],
      ['10.33.0.1', '9.9.9.9'],
    ],
    [
      'padding, and other options before',
      [0, 0, 1, 4, 255, 255, 255, 0, ...ack, 6, 4, 1, 1, 1, 1],
      ['1.1.1.1'],
    ],
    ['no resolvers', [...ack, 255], []],
    ['one twice', [...ack, 6, 8, 1, 1, 1, 1, 1, 1, 1, 1], ['1.1.1.1']],
    [
      'five: three',
      [...ack, 6, 20, ...[1, 2, 3, 4, 5].flatMap((each) => [each, 0, 0, 1])],
      ['1.0.0.1', '2.0.0.1', '3.0.0.1'],
    ],
    [
      'those that nobody can be',
      [...ack, 6, 20, 0, 0, 0, 0, 127, 0, 0, 1, 224, 0, 0, 1, 255, 255, 255, 255, 8, 8, 8, 8],
      ['8.8.8.8'],
    ],
    ['a half address', [...ack, 6, 6, 8, 8, 8, 8, 9, 9, 255], ['8.8.8.8']],
    ['an option that leads out of the message', [...ack, 6, 200, 8, 8, 8, 8], []],
    ['a length that is missing', [...ack, 6], []],
    ['what stands behind the end', [...ack, 255, 6, 4, 8, 8, 8, 8], []],
  ])('with %s', (_what, options, found) => {
    expect(leasedResolvers(answer(options), question)).toEqual(found)
  })

  it.each<[string, Uint8Array]>([
    ['of another number', answer([...ack, 6, 4, 8, 8, 8, 8], { 7: 0 })],
    ['to another interface', answer([...ack, 6, 4, 8, 8, 8, 8], { 33: 3 })],
    ['that is a question', answer([...ack, 6, 4, 8, 8, 8, 8], { 0: 1 })],
    ['without the cookie', answer([...ack, 6, 4, 8, 8, 8, 8], { 236: 0 })],
    ['that is an offer', answer([53, 1, 2, 6, 4, 8, 8, 8, 8])],
    ['without a type', answer([6, 4, 8, 8, 8, 8])],
    ['cut short', answer([]).subarray(0, 239)],
    ['of nothing', new Uint8Array()],
  ])('%s: nothing', (_what, octets) => {
    expect(leasedResolvers(octets, question)).toBeUndefined()
  })

  it('of any octets, it ends, and gives no more than three addresses', () => {
    let seed = 7
    for (let round = 0; round < 2_000; round += 1) {
      const options = Array.from({ length: round % 300 }, () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        return seed % 256
      })
      const found = leasedResolvers(answer([...ack, ...options]), question) ?? []
      expect(found.length).toBeLessThanOrEqual(3)
    }
  })
})
