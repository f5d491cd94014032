import { expect, it } from 'vitest'
import { attempt, CniError, onCniError, orElse, passes } from './index.ts'

const failing = (error: Error) => () => {
  throw error
}
const refused = new CniError({ code: 7, message: 'no' })

it('orElse keeps what is returned, and has a value for a CniError', () => {
  expect(orElse(() => 1, 2)).toBe(1)
  expect(orElse(failing(refused), 2)).toBe(2)
})

it('attempt keeps what is returned, and makes something of a CniError', () => {
  expect(attempt(() => 1, String)).toBe(1)
  expect(attempt(failing(refused), ({ code }) => code)).toBe(7)
})

it('a check passes unless it throws CniError', () => {
  expect([passes(() => {}), passes(failing(refused))]).toEqual([true, false])
})

it('a bug passes', async () => {
  const bug = new TypeError('bug')
  expect(() => orElse(failing(bug), undefined)).toThrow(bug)
  await expect(Promise.reject(bug).catch(onCniError(() => undefined))).rejects.toBe(bug)
  expect(await Promise.reject(refused).catch(onCniError(({ code }) => code))).toBe(7)
})
