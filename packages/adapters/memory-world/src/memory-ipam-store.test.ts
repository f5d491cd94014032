import { describeIpamStore } from '@vethra/world-kit'
import { expect, it } from 'vitest'
import { memoryIpamStore } from './index.ts'

describeIpamStore('memoryIpamStore', async () => ({
  store: memoryIpamStore(),
  close: async () => {},
}))

it('tells since when an address is reserved', async () => {
  const store = memoryIpamStore({ now: () => 1_700_000_000_000 })
  const address = { family: 4, value: 0x0a040002n } as const
  const claim = { containerId: 'web', ifname: 'eth0', set: 0, candidates: () => [address] }
  await store.reserveFirst('lan', claim)
  expect(await store.list('lan')).toEqual([
    { address: '10.4.0.2', containerId: 'web', ifname: 'eth0', sinceMs: 1_700_000_000_000 },
  ])
})
