import { expect, it } from 'vitest'
import { limitsOf } from './options.ts'

it.each([
  ['ADD', undefined, 60_000],
  ['VERSION', undefined, 5_000],
  ['VERSION', 2_000, 2_000],
  ['DEL', 2_000, 2_000],
] as const)('%s, given %s ms, may take %s', (operation, timeoutMs, most) => {
  const set = timeoutMs === undefined ? {} : { timeoutMs }
  const limits = limitsOf({ path: [], env: {}, ...set }, { operation })
  expect(limits).toEqual({ timeoutMs: most, outputLimit: 16 * 1024 * 1024 })
})
