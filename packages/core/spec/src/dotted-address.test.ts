import { expect, it } from 'vitest'
import { isDottedAddress } from './index.ts'

it.each(['0.0.0.0', '10.4.0.2', '255.255.255.255'])('takes %s', (text) => {
  expect(isDottedAddress(text)).toBe(true)
})

it.each([
  '',
  '10.4.0',
  '10.4.0.2.1',
  '10.4.0.256',
  '10.4.0.1000',
  '10.04.0.2',
  '10.4.0.00',
  '10.4.0.',
  '10.4.0.2 ',
  '10.4.0.2\n',
  '10.4.0.0x2',
  '10.4.0.+2',
  '10.4.0.-2',
  '10.4.0.-0',
  '10.4.0.2e1',
  '10. 4.0.2',
  '10.4.0.NaN',
  '10.4.0.٢',
  '::ffff:10.4.0.2',
])('refuses %j', (text) => {
  expect(isDottedAddress(text)).toBe(false)
})
