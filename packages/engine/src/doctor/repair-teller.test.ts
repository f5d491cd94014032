import type { NewEvent } from '@vethra/api'
import { CniError } from '@vethra/cni'
import type { Repair } from '@vethra/findings'
import { expect, it } from 'vitest'
import { repairTeller } from './repair-teller.ts'

const repair = (id: string): Repair => ({ kind: 'forget-names', namespace: 'default', id })

it('tells of what was begun and its outcome in order, with what it took, and of nothing else', async () => {
  const told: NewEvent[] = []
  let nowMs = 100
  const tell = async (event: NewEvent) => void told.push(event)
  const teller = repairTeller({ events: { tell } as never, now: () => nowMs })
  const [done, failed, never] = ['a', 'b', 'c'].map(repair) as [Repair, Repair, Repair]
  const error = new CniError({ code: 5, message: 'cannot' })
  teller.hear({ kind: 'begun', repair: done, findings: [] })
  nowMs = 130
  teller.hear({ kind: 'done', repair: done })
  teller.hear({ kind: 'begun', repair: failed, findings: [] })
  teller.hear({ kind: 'failed', repair: failed, error })
  teller.hear({ kind: 'unneeded', repair: never, why: 'settled' })
  await teller.told()
  const of = ({ Type, Repair, DurationMs }: NewEvent) => [Type, Repair, DurationMs]
  expect(told.map(of)).toEqual([
    ['repair-begun', 'forget-names', undefined],
    ['repair-done', 'forget-names', 30],
    ['repair-begun', 'forget-names', undefined],
    ['repair-failed', 'forget-names', 0],
  ])
})
