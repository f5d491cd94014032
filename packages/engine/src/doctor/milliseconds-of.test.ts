import { expect, it } from 'vitest'
import { millisecondsOf } from './milliseconds-of.ts'

it.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2000-02-29T12:30:15.123Z', 951_827_415_000],
  ['2026-11-25T02:00:00.000Z', 1_795_572_000_000],
  ['2100-03-01T00:00:00Z', 4_107_542_400_000],
  ['2026-11-25 02:00:00', undefined],
  ['', undefined],
])('%s', (text, ms) => {
  expect(millisecondsOf(text)).toBe(ms)
})
