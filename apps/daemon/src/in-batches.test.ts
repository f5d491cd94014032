import { expect, it } from 'vitest'
import { inBatches } from './in-batches.ts'

it('who asks while it is being done gets what is done next, with all others', async () => {
  const once = inBatches<number>()
  let begun = 0
  const { promise: crowded, resolve: go } = Promise.withResolvers<void>()
  const { promise: isBegun, resolve: begins } = Promise.withResolvers<void>()
  const work = async () => {
    begun += 1
    const mine = begun
    begins()
    await crowded
    return mine
  }
  const first = once('a', work)
  await isBegun
  const crowd = Array.from({ length: 50 }, () => once('a', work))
  go()
  expect([await first, ...new Set(await Promise.all(crowd))]).toEqual([1, 2])
  expect(await once('a', work)).toBe(3)
  expect(begun).toBe(3)
})

it('those who ask at once get one answer, though the work does not pause', async () => {
  const once = inBatches<number>()
  let begun = 0
  const work = async () => {
    begun += 1
    return begun
  }
  expect(await Promise.all([1, 2, 3].map(() => once('a', work)))).toEqual([1, 1, 1])
})

it('keys have nothing to do with each other, and a failure with what comes next', async () => {
  const once = inBatches<string>()
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  const { promise: isBegun, resolve: begins } = Promise.withResolvers<void>()
  const failing = once('a', () => {
    begins()
    return failed
  })
  await isBegun
  const later = once('a', async () => 'yes')
  expect(await once('b', async () => 'other')).toBe('other')
  fail(new Error('no'))
  await expect(failing).rejects.toThrow('no')
  expect(await later).toBe('yes')
  await expect(once('c', () => Promise.reject(new Error('c')))).rejects.toThrow('c')
})
