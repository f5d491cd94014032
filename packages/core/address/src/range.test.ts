import { expect, it } from 'vitest'
import { commonRange, formatRange, outsideOf, type Range, readRange } from './index.ts'

const at = (text: string): Range => readRange(text) ?? expect.unreachable(text)

it.each([
  ['10.0.0.7', '10.0.0.7'],
  ['10.0.0.7/8', '10.0.0.0/8'],
  ['10.0.0.7/32', '10.0.0.7'],
  ['0.0.0.0-255.255.255.255', '0.0.0.0/0'],
  ['10.0.0.0-10.0.0.255', '10.0.0.0/24'],
  ['10.0.0.1-10.0.0.2', '10.0.0.1-10.0.0.2'],
  ['10.0.0.7-10.0.0.9', '10.0.0.7-10.0.0.9'],
  ['::/0', '::/0'],
  ['::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('the range %s is written %s', (text, canonical) => {
  expect(formatRange(at(text))).toBe(canonical)
  expect(at(canonical)).toEqual(at(text))
})

it.each([
  '',
  '10.0.0.9-10.0.0.7',
  '10.0.0.1-',
  '::1-10.0.0.1',
  '1.1.1.1-1.1.1.2-1.1.1.3',
  'eth0',
  '10.0.0.0/33',
])('%j is no range', (text) => {
  expect(readRange(text)).toBeUndefined()
})

it.each([
  ['10.0.0.0/8', ['0.0.0.0-9.255.255.255', '11.0.0.0-255.255.255.255']],
  ['0.0.0.0/1', ['128.0.0.0/1']],
  ['128.0.0.0/1', ['0.0.0.0/1']],
  ['::/0', []],
  ['::', ['::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']],
])('outside of %s is %j', (text, others) => {
  expect(outsideOf(at(text)).map(formatRange)).toEqual(others)
})

it.each([
  ['10.0.0.0/8', '10.4.0.0/16', '10.4.0.0/16'],
  ['10.0.0.5-10.0.0.9', '10.0.0.8-10.0.0.20', '10.0.0.8/31'],
  ['10.0.0.0/8', '11.0.0.0/8', undefined],
  ['0.0.0.0/0', '::/0', undefined],
])('%s and %s have %s in common', (one, other, common) => {
  const found = commonRange(at(one), at(other))
  expect(found && formatRange(found)).toBe(common)
})
