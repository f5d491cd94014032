import { type Address, compareAddresses, formatAddress } from '@vethra/address'
import { type Allocation, rangeOf, rangeSets, sizeOf } from '@vethra/ipam'
import { memoryIpamStore } from '@vethra/memory-world'
import type { IpamStore } from '@vethra/world'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate } from './allocate.ts'

const holder = (id: string) => ({ containerId: id, ifname: 'eth0' })
const ask = (
  store: IpamStore,
  id: string,
  sets: ReturnType<typeof rangeSets>,
  requested: readonly Address[] = [],
) => allocate(store, { network: 'lan', holder: holder(id), sets, requested })
const texts = (outcome: Allocation) =>
  outcome.kind === 'allocated'
    ? outcome.ips.map(({ address }) => formatAddress(address))
    : outcome.message

/** Any set of one to three ranges of a /27, with or without bounds and gateways of their own. */
const anySet = fc
  .uniqueArray(
    fc.record({
      net: fc.nat(3),
      start: fc.option(fc.nat(15), { nil: undefined }),
      more: fc.nat(15),
      gateway: fc.option(fc.nat(63), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 3, selector: ({ net }) => net },
  )
  .map((ranges) =>
    ranges.map(({ net, start, more, gateway }) => ({
      subnet: `10.4.0.${net * 32}/27`,
      ...(start === undefined
        ? {}
        : {
            rangeStart: `10.4.0.${net * 32 + start}`,
            rangeEnd: `10.4.0.${net * 32 + start + more}`,
          }),
      ...(gateway === undefined ? {} : { gateway: `10.4.0.${gateway}` }),
    })),
  )

describe('allocate', () => {
  it('gives every address of a set but the gateway of its range once, until it is full', async () => {
    const property = fc.asyncProperty(anySet, async (confs) => {
      const sets = rangeSets({ ranges: [confs] })
      const [set = []] = sets
      const store = memoryIpamStore()
      const given: Address[] = []
      for (let number = 0; ; number += 1) {
        const outcome = await ask(store, `c${number}`, sets)
        if (outcome.kind === 'refused') {
          expect(outcome.exhausted).toBe(set)
          break
        }
        given.push(...outcome.ips.map(({ address }) => address))
      }
      expect(BigInt(given.length)).toBe(sizeOf(set))
      expect(new Set(given.map(formatAddress)).size).toBe(given.length)
      for (const address of given) {
        const range = rangeOf(set, address)
        expect(range).toBeDefined()
        expect(range && compareAddresses(range.gateway, address)).not.toBe(0)
      }
    })
    await fc.assert(property)
  })

  it('gives neither the network nor the broadcast address unless a range says so', async () => {
    const sets = rangeSets({ subnet: '10.4.0.0/29', gateway: '10.9.0.1' })
    const store = memoryIpamStore()
    const given = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((id) => ask(store, `c${id}`, sets)))
    expect(given.flatMap(texts).filter((text) => text.startsWith('10.'))).toEqual(
      [1, 2, 3, 4, 5, 6].map((last) => `10.4.0.${last}`),
    )
  })

  it('after any coming and going, whoever goes can come again', async () => {
    const sets = rangeSets({ ranges: [[{ subnet: '10.4.0.0/29' }], [{ subnet: 'fd00::/125' }]] })
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
    const property = fc.asyncProperty(fc.array(fc.tuple(id, fc.boolean())), async (steps) => {
      const store = memoryIpamStore()
      const inside = new Set<string>()
      for (const [who, comes] of steps) {
        if (!comes) {
          await store.release('lan', holder(who))
          inside.delete(who)
          continue
        }
        const outcome = await ask(store, who, sets)
        const room = inside.size < 5 && !inside.has(who)
        expect(outcome.kind).toBe(room ? 'allocated' : 'refused')
        if (room) inside.add(who)
      }
      expect(await store.list('lan')).toHaveLength(inside.size * 2)
    })
    await fc.assert(property)
  })

  it('gives what is asked for, whatever the container has, and what is asked for in no set not', async () => {
    const sets = rangeSets({ subnet: '10.4.0.0/24' })
    const store = memoryIpamStore()
    const at = (last: number): Address => ({ family: 4, value: 0x0a040000n + BigInt(last) })
    expect(texts(await ask(store, 'a', sets, [at(7)]))).toEqual(['10.4.0.7'])
    expect(texts(await ask(store, 'a', sets, [at(9), at(9)]))).toEqual(['10.4.0.9'])
    expect(texts(await ask(store, 'b', sets, [at(9)]))).toMatch(
      /^failed to allocate for range 0: requested IP address 10.4.0.9 is not available/,
    )
    expect(texts(await ask(store, 'b', sets, [at(1)]))).toBe(
      "failed to allocate for range 0: requested ip 10.4.0.1 is subnet's gateway",
    )
    expect(texts(await ask(store, 'b', sets, [at(999)]))).toBe(
      'failed to allocate all requested IPs: 10.4.3.231',
    )
    expect(await store.held('lan', holder('b'))).toEqual([])
  })

  it('gives all back when the store fails on the way, and tells the first failure', async () => {
    const store = memoryIpamStore()
    const failing: IpamStore = {
      ...store,
      reserveFirst: async (network, claim) => {
        if (claim.set === 1) throw new Error('no space left')
        return store.reserveFirst(network, claim)
      },
    }
    const sets = rangeSets({ ranges: [[{ subnet: '10.4.0.0/24' }], [{ subnet: '10.5.0.0/24' }]] })
    await expect(ask(failing, 'a', sets)).rejects.toThrowError('no space left')
    expect(await store.list('lan')).toEqual([])
    const worse: IpamStore = { ...failing, release: () => Promise.reject(new Error('gone')) }
    await expect(ask(worse, 'a', sets)).rejects.toThrowError('no space left')
  })
})
