import type { NewEvent } from '@vethra/api'
import type { HostState } from '@vethra/engine'
import type { Finding } from '@vethra/findings'
import { expect, it } from 'vitest'
import { newRepairHistory } from './repair-history.ts'
import { newTally } from './tally.ts'

const closed = (containerId: string): Finding => {
  const attachment = { network: 'lan', containerId, ifname: 'eth0' }
  const subject = { kind: 'attachment', name: containerId } as const
  const known = {
    kind: 'ports-closed',
    severity: 'error',
    message: 'm',
    evidence: [],
    ours: true,
  } as const
  const repair = { kind: 'restore-elements', attachment, desired: [] } as const
  return { id: `ports-closed ${containerId}`, subject, ...known, repair }
}

const state = (flushed: boolean) =>
  ({
    desired: { attachments: [] },
    observed: { firewall: [], table: { missing: [], left: [], flushed } },
  }) as unknown as HostState

function play() {
  const told: NewEvent[] = []
  let nowMs = 0
  const tell = (event: NewEvent) => void told.push(event)
  const history = newRepairHistory({ tell, tally: newTally(), now: () => nowMs })
  /** Whether it was restored. */
  const restore = (finding: Finding, flushed: boolean) => {
    nowMs += 1000
    const [judged] = history.judge([finding], state(flushed))
    const repair = judged?.repair
    if (repair === undefined) return false
    history.hear({ kind: 'begun', repair, findings: [finding] })
    history.hear({ kind: 'done', repair, begun: { findings: [finding], tookMs: 0 } })
    return true
  }
  return { history, restore, types: () => told.map(({ Type }) => Type) }
}

it('a flush is restored each time, also where the first batch hides it from the next', () => {
  const { history, restore } = play()
  for (const _ of [1, 2, 3]) {
    expect([restore(closed('a'), true), restore(closed('b'), false)]).toEqual([true, true])
    history.ended([])
  }
})

it('what is removed alone twice is left, told once, and repaired when somebody asks', () => {
  const { history, restore, types } = play()
  expect(restore(closed('a'), false)).toBe(true)
  history.ended([])
  for (const _ of [1, 2]) {
    expect(restore(closed('a'), false)).toBe(false)
    history.ended([closed('a')])
  }
  const begins = ['finding-appeared', 'repair-begun', 'repair-done', 'finding-gone']
  expect(types()).toEqual([...begins, 'finding-appeared'])
  history.forget()
  expect(restore(closed('a'), false)).toBe(true)
})

it('a repair that a second look finds done is no event', () => {
  const { history, types } = play()
  const [judged] = history.judge([closed('a')], state(false))
  if (judged?.repair) history.hear({ kind: 'unneeded', repair: judged.repair, why: '' })
  expect(types()).toEqual([])
})
