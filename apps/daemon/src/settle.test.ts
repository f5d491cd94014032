import { expect, it } from 'vitest'
import { restAfter } from './settle.ts'

it.each([
  [{ cpuMs: 5, repeated: 0 }, 500],
  [{ cpuMs: 200, repeated: 0 }, 2000],
  [{ cpuMs: 5, repeated: 3 }, 4000],
  [{ cpuMs: 5, repeated: 500 }, 60_000],
  [{ cpuMs: 30_000, repeated: 0 }, 5000],
])('after %j changes rest for %i ms', (looked, rest) => {
  expect(restAfter(looked)).toBe(rest)
})
