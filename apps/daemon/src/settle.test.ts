import { expect, it } from 'vitest'
import { isAtOnce, restAfter } from './settle.ts'

it.each([
  [5, 0, 500],
  [200, 0, 2000],
  [5, 3, 4000],
  [5, 500, 60_000],
  [30_000, 0, 5000],
])('after %i ms of work, repaired %i times more, changes rest for %i ms', (cpu, repeated, rest) => {
  expect(restAfter(cpu, repeated)).toBe(rest)
})

it.each([
  ['the first', [], true],
  ['the fifth in a minute', [1_000, 2_000, 3_000, 50_000], true],
  ['the sixth in a minute', [1_000, 2_000, 3_000, 40_000, 50_000], false],
  ['one after others long ago', [1, 2, 3, 4, 5], true],
])('%s flush is looked at once: %j, %s', (_, before, atOnce) => {
  expect(isAtOnce(before, 60_500)).toBe(atOnce)
})
