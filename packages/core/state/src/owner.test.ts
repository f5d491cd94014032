import { expect, it } from 'vitest'
import { type Owner, ownerMark, readMark } from './index.ts'

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
