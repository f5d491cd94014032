import { CniError } from '@vethra/cni'
import { expect, it } from 'vitest'
import { all, demandDone, inSequence } from './sequence.ts'

function error(message: string): CniError {
  return new CniError({ code: 5, message })
}

it('steps are done top to bottom, and what the last returns is done', async () => {
  const order: string[] = []
  const outcome = await inSequence(async (step) => {
    const one = await step('one', async () => order.push('one'))
    return step('two', async () => order.push('two') + one)
  })
  expect(outcome).toEqual({ done: 3 })
  expect(order).toEqual(['one', 'two'])
})

it('what was done before a failure is undone in reverse, and each failure of an undo is kept', async () => {
  const undone: string[] = []
  const failed = error('three failed')
  const outcome = await inSequence(async (step) => {
    await step(
      'one',
      async () => 1,
      async () => undone.push('one'),
    )
    await step(
      'two',
      async () => 2,
      async () => {
        undone.push('two')
        throw error('two stays')
      },
    )
    await step(
      'three',
      () => Promise.reject(failed),
      async () => undone.push('three'),
    )
  })
  expect(undone).toEqual(['two', 'one'])
  const { failed: thrown } = outcome as { failed: CniError }
  expect(thrown).toMatchObject({ code: 5, message: 'three failed' })
  expect((thrown.cause as AggregateError).errors).toEqual([error('two stays')])
  expect(() => demandDone(outcome)).toThrow('three failed')
})

it('each step and each undo is logged when it begins and when it ends', async () => {
  const log: string[] = []
  const outcome = await inSequence(
    async (step) => {
      await step(
        'one',
        async () => 1,
        async () => 1,
      )
      await step('two', () => Promise.reject(error('no')))
    },
    (name) => {
      log.push(`begin ${name}`)
      return () => log.push(`end ${name}`)
    },
  )
  expect(outcome).toMatchObject({ failed: { message: 'no' } })
  expect(log).toEqual([
    'begin one',
    'end one',
    'begin two',
    'end two',
    'begin undo: one',
    'end undo: one',
  ])
})

it('works at the same time are all waited for, though one fails at once', async () => {
  let ended = false
  const slow = new Promise((resolve) => resolve(undefined)).then(() => {
    ended = true
  })
  await expect(all([Promise.reject(error('no')), slow])).rejects.toMatchObject({ message: 'no' })
  expect(ended).toBe(true)
  expect(await all([Promise.resolve(1), Promise.resolve('a')])).toEqual([1, 'a'])
})
