import { expect, it } from 'vitest'
import { fewEnough } from './few-enough.ts'

it('a hundred attachments are looked into, and of more it is said once that they are not', () => {
  const notes: string[] = []
  const isFew = fewEnough({ complain: (line) => void notes.push(line) })
  expect([0, 100].map(isFew)).toEqual([true, true])
  expect(notes).toEqual([])
  expect([101, 1000].map(isFew)).toEqual([false, false])
  expect(notes).toEqual([expect.stringContaining('101')])
})
