import { CniError } from '@vethra/cni'
import type { Repair } from '@vethra/findings'
import { expect, it } from 'vitest'
import type { RepairEvent } from './repair.ts'
import { repairEvent } from './repair-event.ts'

const repair: Repair = { kind: 'forget-names', namespace: 'default', id: 'a' }
const begun = { findings: [], tookMs: 30 }
const error = new CniError({ code: 5, message: 'cannot' })

it.each<[RepairEvent, string | undefined, number | undefined]>([
  [{ kind: 'begun', repair, findings: [] }, 'repair-begun', undefined],
  [{ kind: 'done', repair, begun }, 'repair-done', 30],
  [{ kind: 'failed', repair, error, begun }, 'repair-failed', 30],
  [{ kind: 'unneeded', repair, why: 'settled', begun }, 'repair-unneeded', undefined],
  [{ kind: 'unneeded', repair, why: 'settled' }, undefined, undefined],
])(
  'tells of what was begun and of its outcome, with what it took, and of nothing else: %j',
  (event, type, tookMs) => {
    const told = repairEvent(event)
    expect([told?.Type, told?.DurationMs]).toEqual([type, tookMs])
  },
)
