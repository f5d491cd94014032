import { expect, it } from 'vitest'
import { newFairShare } from './fair-share.ts'

const bounds = { windowMs: 50, most: 3, seenMs: 1000 }
const ask = (
  share: ReturnType<typeof newFairShare>,
  client: string,
  times: number,
  nowMs: number,
) => Array.from({ length: times }, () => share.admits(client, nowMs)).filter(Boolean).length

it('a client alone has all there is', () => {
  expect(ask(newFairShare(bounds), 'a', 100, 1)).toBe(100)
})

it('while another one asks, a client has its share of each window, and the other all of its questions', () => {
  const share = newFairShare(bounds)
  ask(share, 'calm', 1, 0)
  expect(ask(share, 'flood', 100, 1)).toBe(3)
  expect(ask(share, 'calm', 2, 2)).toBe(2)
  expect(ask(share, 'flood', 100, 40)).toBe(0)
  expect(ask(share, 'flood', 100, 60)).toBe(3)
})

it('when no other one has asked for a while, it has all again', () => {
  const share = newFairShare(bounds)
  ask(share, 'calm', 1, 0)
  ask(share, 'flood', 10, 1)
  expect(ask(share, 'flood', 100, 1200)).toBe(100)
})
