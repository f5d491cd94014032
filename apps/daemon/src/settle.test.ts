import { expect, it } from 'vitest'
import { isAtOnce, restAfter } from './settle.ts'

it.each([
  [{ cpuMs: 5, repeated: 0 }, 500],
  [{ cpuMs: 200, repeated: 0 }, 2000],
  [{ cpuMs: 5, repeated: 3 }, 4000],
  [{ cpuMs: 5, repeated: 500 }, 60_000],
  [{ cpuMs: 30_000, repeated: 0 }, 5000],
])('after %j changes rest for %i ms', (looked, rest) => {
  expect(restAfter(looked)).toBe(rest)
})

it.each([
  ['the first', [], true],
  ['the fifth in a minute', [1_000, 2_000, 3_000, 50_000], true],
  ['the sixth in a minute', [1_000, 2_000, 3_000, 40_000, 50_000], false],
  ['one after others long ago', [1, 2, 3, 4, 5], true],
])('%s flush is looked at once: %j, %s', (_, before, atOnce) => {
  expect(isAtOnce(before, 60_500)).toBe(atOnce)
})
