import type { FoundElement } from '@vethra/netlink'
import { expect, it } from 'vitest'
import { markedElements } from './index.ts'

const of = (key: readonly string[], more: Partial<FoundElement> = {}): FoundElement => ({
  key,
  comment: '',
  ends: false,
  ...more,
})
const comment = 'vethra lan'

it('reads prefixes from starts and ends, in whatever order they come', () => {
  const found = [
    of(['10.5.1.0'], { ends: true }),
    of(['10.5.0.0'], { comment }),
    of(['10.4.0.128'], { ends: true }),
    of(['10.4.0.0'], { comment }),
    of(['fd00::'], { comment: 'other' }),
  ]
  expect(markedElements('nets4', found).map(({ element }) => element.key)).toEqual([
    ['10.5.0.0/24'],
    ['10.4.0.0/25'],
  ])
})

it('reads joined prefixes from their last key', () => {
  const found = [
    of(['fd00:1::', 'fd00:1::'], { comment, last: ['fd00:1::ffff:ffff:ffff:ffff', 'fd00:1::1'] }),
  ]
  expect(markedElements('self6', found)).toEqual([
    {
      set: 'self6',
      owner: { kind: 'network', network: 'lan' },
      element: { key: ['fd00:1::/64', 'fd00:1::/127'], comment },
    },
  ])
})

it('leaves out what bears no mark', () => {
  const found = [of(['tcp', '80']), of(['tcp', '81'], { comment: 'vethra a b c d' })]
  expect(markedElements('p4', found)).toEqual([])
})
