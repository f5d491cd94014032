import { expect, it } from 'vitest'
import { observing } from '../test/sample-change.ts'
import { healthyWorld } from '../test/sample-host.ts'
import { diff, planRepairs } from './index.ts'

const drop = { deletion: 'delete rule inet vethra forward handle 7', refuses: true }
const count = { deletion: 'delete rule inet vethra from handle 8', refuses: false }

it.each([
  ['a rule that drops', [drop], [['rules-refusing', 'error', `nft '${drop.deletion}'`]]],
  ['a rule that counts', [count], [['rules-added', 'warning', `nft '${count.deletion}'`]]],
  [
    'the whole table',
    [{ deletion: 'delete table inet vethra', refuses: true, comment: 'mine' }],
    [['table-foreign', 'error', `nft 'delete table inet vethra'`]],
  ],
  [
    'both',
    [count, drop],
    [
      ['rules-refusing', 'error', `nft '${drop.deletion}'`],
      ['rules-added', 'warning', `nft '${count.deletion}'`],
    ],
  ],
])(
  'of others in our table, %s: told with the line that removes it, and left',
  (_, strange, told) => {
    const { desired, observed } = observing(healthyWorld(1), ({ table }) => ({
      table: { ...table, strange },
    }))
    const found = diff(desired, observed)
    expect(found.map(({ kind, severity, fix }) => [kind, severity, fix])).toEqual(told)
    expect(planRepairs(found)).toEqual([])
  },
)
