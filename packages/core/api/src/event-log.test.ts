import { expect, it } from 'vitest'
import { eventLog } from './index.ts'

const event = { Type: 'repair-done', Message: 'done' } as const

it('ids are the time, and rise when the clock does not', () => {
  const log = eventLog(10)
  const ids = [5000, 5000, 4000, 9000].map((now) => log.add(now, event).ID)
  expect(ids).toEqual(['5000', '5001', '5002', '9000'])
})

it('gives what came after an id, and says when some of it is forgotten', () => {
  const log = eventLog(2)
  for (const now of [1, 2, 3, 4]) log.add(now, event)
  const after = (id: number) => {
    const { events, lost } = log.after(id)
    return [events.map(({ ID }) => ID).join(), lost]
  }
  expect(after(0)).toEqual(['3,4', false])
  expect(after(1)).toEqual(['3,4', true])
  expect(after(2)).toEqual(['3,4', false])
  expect(after(3)).toEqual(['4', false])
  expect(after(4)).toEqual(['', false])
})

it('goes on where an earlier process ended, even with a clock set back', () => {
  const first = eventLog(3)
  const before = [100, 200].map((now) => first.add(now, event))
  const log = eventLog(3, before)
  expect(log.add(50, event).ID).toBe('201')
  expect(log.after(100).events.map(({ ID }) => ID)).toEqual(['200', '201'])
})

it('wakes who waits once, and not who has gone', () => {
  const log = eventLog(3)
  const woken: string[] = []
  log.next(() => woken.push('a'))
  log.next(() => woken.push('b'))()
  log.add(1, event)
  log.add(2, event)
  expect([woken, log.waiting()]).toEqual([['a'], 0])
})
