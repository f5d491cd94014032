import { expect, it } from 'vitest'
import { bareText, nulText } from './octets.ts'

it.each([
  ['eth0', [101, 116, 104, 48]],
  ['', []],
  ['a%41\x7f', [97, 37, 52, 49, 127]],
  ['é', [0xc3, 0xa9]],
  ['%é€𝄞', [37, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9d, 0x84, 0x9e]],
  ['\ud800', [0xef, 0xbf, 0xbd]],
])('%j is the octets %j of UTF-8', (text, octets) => {
  expect([...bareText(text)]).toEqual(octets)
  expect([...nulText(text)]).toEqual([...octets, 0])
})

it('a text with a NUL would be another name to the kernel', () => {
  expect(() => nulText('eth0\0x')).toThrow(RangeError)
})
