import { expect, it } from 'vitest'
import { isSameOwner, type Owner, ownerMark, readMark } from './index.ts'

it.each<Owner>([
  { kind: 'host' },
  { kind: 'network', network: 'lan' },
  { kind: 'attachment', network: 'lan', containerId: 'default-web', ifname: 'eth0' },
])('the mark of an owner is read back: $kind', (owner) => {
  expect(readMark(ownerMark(owner))).toEqual(owner)
})

it.each(['', 'docker', 'vethra ', 'vethra a b', 'vethra a b ', 'vethra a b c d', 'vethral a'])(
  'a text that is no mark of ours names no owner: %j',
  (text) => {
    expect(readMark(text)).toBeUndefined()
  },
)

it('with an id that the kernel has no room for is known by a hash of it', () => {
  const owner = {
    kind: 'attachment',
    network: 'lan',
    containerId: 'x'.repeat(244),
    ifname: 'eth0',
  } as const
  const mark = ownerMark(owner)
  const read = readMark(mark)
  expect(mark).toMatch(/^vethra lan ~[0-9a-f]{32} eth0$/)
  expect(read && [ownerMark(read), isSameOwner(read, owner)]).toEqual([mark, true])
  const other = { ...owner, containerId: `${'x'.repeat(243)}y` }
  expect(isSameOwner(other, owner)).toBe(false)
})
