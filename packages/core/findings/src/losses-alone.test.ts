import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { desiredAttachment, firewallOf } from '../test/sample-host.ts'
import {
  type Finding,
  flushedPlaces,
  type Losses,
  type LossPlace,
  lossesAlone,
  peaceMs,
  type Repair,
} from './index.ts'

const attachment = { network: 'lan', containerId: 'c', ifname: 'eth0' }
const repairs = {
  element: { kind: 'restore-elements', attachment, desired: [] },
  forward: { kind: 'restore-rules', attachment, effects: ['admission'], left: false },
  ports: { kind: 'restore-rules', attachment, effects: ['ports'], left: false },
  masquerade: { kind: 'restore-masquerading', attachment: { ...attachment, addresses: [] } },
  link: { kind: 'reattach', attachment },
  file: { kind: 'restore-names', namespace: 'default', id: 'c' },
} as const satisfies Record<string, Repair>
type What = keyof typeof repairs

function lost(what: What): Finding {
  const known = { severity: 'error', message: '', evidence: [], ours: true } as const
  const subject = { kind: 'attachment', name: 'lan/c/eth0' } as const
  return { id: what, kind: what, subject, ...known, repair: repairs[what] }
}

const nowMs = 1_000_000
const host = (flushed: readonly LossPlace[] = [], at = nowMs) => ({
  flushed: new Set(flushed),
  nowMs: at,
})
const losses = (what: What, agoMs: number, isHeld = false): Losses => ({
  restored: new Map([[what, nowMs - agoMs]]),
  held: new Set(isHeld ? [what] : []),
})
const nothing: Losses = { restored: new Map(), held: new Set() }

describe('a loss stays as it is', () => {
  it.each([
    ['an element for the first time', 'element', nothing, host(), false],
    ['an element again within a minute', 'element', losses('element', 59_999), host(), true],
    ['an element again after a minute', 'element', losses('element', peaceMs), host(), false],
    ['an element again, long held back', 'element', losses('element', 9e5, true), host(), true],
    ['all elements again', 'element', losses('element', 1000), host(['table']), false],
    ['all elements, one held back', 'element', losses('element', 1, true), host(['table']), false],
    ['a rule again', 'forward', losses('forward', 1000), host(), true],
    [
      'all rules of its table again: iptables -F',
      'forward',
      losses('forward', 9),
      host(['filter']),
      false,
    ],
    ['a rule again, all of another table', 'forward', losses('forward', 9), host(['nat']), true],
    ['the rules of ports again', 'ports', losses('ports', 1000), host(['filter']), true],
    ['all rules of nat again', 'ports', losses('ports', 1000), host(['nat']), false],
    ['masquerading again', 'masquerade', losses('masquerade', 1000), host(['filter']), true],
    ['all of nat again', 'masquerade', losses('masquerade', 1000), host(['nat', 'filter']), false],
    ['a link again', 'link', losses('link', 1000), host(), true],
    [
      'a link again, beside a flush',
      'link',
      losses('link', 9),
      host(['table', 'nat', 'filter']),
      true,
    ],
    ['a file of ours again', 'file', losses('file', 1000), host(), false],
    ['one after another was restored', 'element', losses('link', 1000), host(), false],
  ] as const)('%s', (_, what, before, now, stays) => {
    expect(lossesAlone([lost(what)], before, now).get(what) === 'again').toBe(stays)
  })
})

/** A minute and a half of a host on which an administrator removes one thing, or flushes a table, now and then. */
function play(days: readonly { readonly afterMs: number; readonly flush: boolean }[]) {
  const restored = new Map<string, number>()
  let held: ReadonlySet<string> = new Set()
  let at = nowMs
  let isThere = true
  const times: { readonly at: number; readonly flush: boolean; readonly restored: boolean }[] = []
  for (const { afterMs, flush } of days) {
    at += afterMs
    if (!isThere && !flush) continue
    const loss = lossesAlone(
      [lost('element')],
      { restored, held },
      host(flush ? ['table'] : [], at),
    ).get('element')
    held = new Set(loss === 'again' ? ['element'] : [])
    isThere = loss !== 'again'
    if (loss === 'once') restored.set('element', at)
    times.push({ at, flush, restored: isThere })
  }
  return times
}

describe('whatever is removed when', () => {
  const days = fc.array(fc.record({ afterMs: fc.nat({ max: 50_000 }), flush: fc.boolean() }), {
    maxLength: 20,
  })

  it('a flush is restored, and so is what is removed for the first time in a minute', () => {
    fc.assert(
      fc.property(days, (list) => {
        const times = play(list)
        for (const [index, each] of times.entries()) {
          const before = times.slice(0, index).findLast((one) => one.restored && !one.flush)
          const isFirst = before === undefined || each.at - before.at >= peaceMs
          expect(each.restored).toBe(each.flush || isFirst)
        }
      }),
    )
  })

  it('nothing that is removed alone is restored twice within a minute', () => {
    fc.assert(
      fc.property(days, (list) => {
        const alone = play(list).filter((each) => each.restored && !each.flush)
        for (const [index, each] of alone.slice(1).entries())
          expect(each.at - (alone[index]?.at ?? 0)).toBeGreaterThanOrEqual(peaceMs)
      }),
    )
  })
})

describe('a place is flushed', () => {
  const desired = { attachments: [desiredAttachment('c', 0)] }
  const firewall = (...flushed: readonly ('filter' | 'nat')[]) => [
    { ...firewallOf([]), flushed },
    // Nothing is of IPv6 here, and so its tables have never had a rule.
    { ...firewallOf([]), family: 6 as const, flushed: ['filter', 'nat'] as const },
  ]
  const table = (flushed: boolean) => ({ missing: [], left: [], flushed })

  it.each([
    ['none', firewall(), table(false), []],
    ['filter by iptables -F', firewall('filter'), table(false), ['filter']],
    ['nat and filter', firewall('filter', 'nat'), table(false), ['filter', 'nat']],
    ['our own table', firewall(), table(true), ['table']],
  ])('%s', (_, seen, own, places) => {
    expect([...flushedPlaces(desired, { firewall: seen, table: own })]).toEqual(places)
  })
})
