import { expect, it } from 'vitest'
import { type FairShare, newFairShare } from './fair-share.ts'

const bounds = { windowMs: 50, most: 3, seenMs: 1000, behindMs: 200 }
const nobody = () => {}
const ask = (share: FairShare, asker: string, times: number, at: { ms: number; late?: boolean }) =>
  Array.from({ length: times }, () =>
    share.admits({ asker, nowMs: at.ms, isBehind: at.late === true }),
  ).filter(Boolean).length

it('a client alone has all there is, however much of it waits', () => {
  expect(ask(newFairShare(nobody, bounds), 'a', 100, { ms: 1, late: true })).toBe(100)
})

it('while nothing waits, a client has all there is beside others', () => {
  const share = newFairShare(nobody, bounds)
  ask(share, 'calm', 1, { ms: 0 })
  expect(ask(share, 'busy', 100, { ms: 1 })).toBe(100)
})

it('while another one asks and waits, a client has its share of each window, and the other all of its questions', () => {
  const share = newFairShare(nobody, bounds)
  ask(share, 'calm', 1, { ms: 0, late: true })
  expect(ask(share, 'flood', 100, { ms: 1 })).toBe(3)
  expect(ask(share, 'calm', 2, { ms: 2 })).toBe(2)
  expect(ask(share, 'flood', 100, { ms: 40 })).toBe(0)
  expect(ask(share, 'flood', 100, { ms: 60 })).toBe(3)
})

it('when nothing has waited for a while, or no other one has asked, it has all again', () => {
  for (const [seenMs, behindMs] of [
    [10_000, 200],
    [1000, 10_000],
  ] as const) {
    const share = newFairShare(nobody, { ...bounds, seenMs, behindMs })
    ask(share, 'calm', 1, { ms: 0, late: true })
    ask(share, 'flood', 10, { ms: 1 })
    expect(ask(share, 'flood', 100, { ms: 1200 })).toBe(100)
  }
})

it('who asks too much is told once a window, and nobody else', () => {
  const told: string[] = []
  const share = newFairShare((asker) => told.push(asker), bounds)
  ask(share, 'calm', 3, { ms: 0, late: true })
  ask(share, 'flood', 3, { ms: 1 })
  expect(told).toEqual([])
  ask(share, 'flood', 5, { ms: 2 })
  expect(told).toEqual(['flood'])
  ask(share, 'flood', 5, { ms: 60 })
  expect(told).toEqual(['flood', 'flood'])
})

it('by default, no more than fifty questions of one client stand before those of another', () => {
  const share = newFairShare(nobody)
  ask(share, 'calm', 1, { ms: 0, late: true })
  expect(ask(share, 'flood', 1000, { ms: 1 })).toBe(50)
  expect(ask(share, 'flood', 1000, { ms: 11 })).toBe(50)
})
