import { expect, it } from 'vitest'
import { nothingDesired, nothingObserved, ourNetwork } from '../test/sample-states.ts'
import { diff } from './index.ts'

const { bridge: _, ...plain } = ourNetwork
const link = { name: 'eth7', bridge: false, up: true, addresses: [] }

it.each([
  ['is there', [link], []],
  ['has it as another name', [{ ...link, name: 'eno1', otherNames: ['eth7'] }], []],
  ['is down', [{ ...link, up: false }], ['parent-down error ip link set dev eth7 up']],
  ['is missing', [{ ...link, name: 'eth8' }], [expect.stringContaining('parent-missing error')]],
])('the interface that a network is on %s', (_case, links, kinds) => {
  const desired = { ...nothingDesired, networks: [{ ...plain, parent: 'eth7' }] }
  const found = diff(desired, { ...nothingObserved, links })
  expect(found.map(({ kind, severity, fix }) => `${kind} ${severity} ${fix}`)).toEqual(kinds)
})
