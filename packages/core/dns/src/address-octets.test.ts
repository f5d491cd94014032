import { formatAddress, fromOctets, readAddress } from '@vethra/address'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressOctets, isLoopback } from './address-octets.ts'

const group = fc.integer({ min: 0, max: 0x1ffff }).map((value) => value.toString(16))
const spelled = fc
  .tuple(fc.array(group, { maxLength: 8 }), fc.array(group, { maxLength: 8 }))
  .map(([front, back]) => `${front.join(':')}::${back.join(':')}`)
const texts = fc.oneof(
  spelled,
  fc.ipV6(),
  fc.ipV4(),
  fc.array(fc.constantFrom(...'0123456789abf:.'), { maxLength: 12 }).map((all) => all.join('')),
)

it('a text is read as readAddress reads it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const address = readAddress(text)
      const octets = addressOctets(text)
      expect(octets && formatAddress(fromOctets(octets))).toBe(address && formatAddress(address))
    }),
    { numRuns: 3000 },
  )
})

it.each([
  ['10.4.0.2/24', '10.4.0.2'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:10.4.0.2', '10.4.0.2'],
  ['::ffff:a04:2', '10.4.0.2'],
])('%s is %s', (text, expected) => {
  expect(formatAddress(fromOctets(addressOctets(text) ?? new Uint8Array()))).toBe(expected)
})

it.each([
  ['127.9.9.9', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['::2', false],
  ['::1:1', false],
])('%s is of the host alone: %s', (text, expected) => {
  expect(isLoopback(addressOctets(text) ?? new Uint8Array())).toBe(expected)
})
