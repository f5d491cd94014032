import { expect, it } from 'vitest'
import { container } from '../test/sample-names.ts'
import { settleClaims } from './index.ts'

const lan = (...addresses: string[]) => ({ lan: addresses })
const newcomer = container('new', {}, lan('10.0.0.2/24', 'fd00::2/64'))

it.each([
  ['nobody else', [], undefined],
  [
    'only itself, as it was before',
    [container('new', { precedence: 4 }, lan('10.0.0.2/24'))],
    undefined,
  ],
  ['another address', [container('a', {}, lan('10.0.0.3/24'))], undefined],
  ['the address in another network', [container('a', {}, { wan: ['10.0.0.2/24'] })], undefined],
  ['the address', [container('a', {}, lan('10.0.0.2/24'))], 1],
  ['one of its addresses, written otherwise', [container('a', {}, lan('FD00:0::2/64'))], 1],
  [
    'the address, by the id of the network',
    [container('a', {}, { '094a367b0262': ['10.0.0.2/24'] })],
    1,
  ],
  [
    'the address, and so did others',
    ['a', 'b'].map((id, index) => container(id, { precedence: index + 2 }, lan('10.0.0.2/24'))),
    4,
  ],
])('where %s claims it, the precedence is right', (_, others, precedence) => {
  expect(settleClaims(newcomer, others).precedence).toBe(precedence)
})

it('a precedence of earlier goes when nobody claims the address any more', () => {
  expect(settleClaims({ ...newcomer, precedence: 3 }, [])).toEqual(newcomer)
})
