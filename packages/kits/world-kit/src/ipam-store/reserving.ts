import type { Address } from '@vethra/address'
import { expect, it } from 'vitest'
import { address, claim, holders } from './sample.ts'
import type { IpamStoreSubject } from './subject.ts'

/** The cases of reserving an address. */
export function reserving(subject: () => IpamStoreSubject): void {
  it('reserves the first candidate that is free', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [2, 3]))
    expect(await store.reserveFirst('lan', claim('b', [2, 3, 4]))).toEqual({
      kind: 'reserved',
      address: address(3),
    })
    expect(await holders(store)).toEqual(['10.4.0.2 a eth0', '10.4.0.3 b eth0'])
  })

  it('tells when every candidate is taken, and when there is none', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [2]))
    expect(await store.reserveFirst('lan', claim('b', [2]))).toEqual({ kind: 'none' })
    expect(await store.reserveFirst('lan', claim('b', []))).toEqual({ kind: 'none' })
  })

  it('takes no more of the order than it needs', async () => {
    const { store } = subject()
    const endless = function* (): Generator<Address> {
      for (let number = 2; ; number += 1) yield address(number)
    }
    await store.reserveFirst('lan', claim('a', [2]))
    const outcome = await store.reserveFirst('lan', claim('b', [], { candidates: endless }))
    expect(outcome).toEqual({ kind: 'reserved', address: address(3) })
  })

  it('remembers the last address of each set, and across a release', async () => {
    const { store } = subject()
    const seen: (Address | undefined)[] = []
    const look = (set: number, number: number) => ({
      set,
      candidates: (last: Address | undefined) => {
        seen.push(last)
        return [address(number)]
      },
    })
    await store.reserveFirst('lan', claim('a', [], look(0, 2)))
    await store.reserveFirst('lan', claim('b', [], look(1, 9)))
    await store.release('lan', { containerId: 'a', ifname: 'eth0' })
    await store.reserveFirst('lan', claim('c', [], look(0, 3)))
    await store.reserveFirst('other', claim('c', [], look(0, 3)))
    expect(seen).toEqual([undefined, undefined, address(2), undefined])
  })

  it('forgets nothing of the round robin by a claim that gets none', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [7]))
    await store.reserveFirst('lan', claim('b', [7]))
    let last: Address | undefined
    const candidates = (given: Address | undefined) => {
      last = given
      return []
    }
    await store.reserveFirst('lan', claim('c', [], { candidates }))
    expect(last).toEqual(address(7))
  })

  it('refuses a second address in the same set to the same interface alone', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [10]))
    await store.reserveFirst('lan', claim('a', [9], { unlessHeldIn: () => false }))
    // The first by text, as host-local walks its folder: 10.4.0.10 comes before 10.4.0.9.
    expect(await store.reserveFirst('lan', claim('a', [3]))).toEqual({
      kind: 'held',
      address: address(10),
    })
    const second = await store.reserveFirst('lan', claim('a', [3], { ifname: 'eth1' }))
    expect(second).toEqual({ kind: 'reserved', address: address(3) })
    const elsewhere = await store.reserveFirst('other', claim('a', [3]))
    expect(elsewhere).toEqual({ kind: 'reserved', address: address(3) })
  })

  it('gives one holder several addresses where none is in the way', async () => {
    const { store } = subject()
    const { unlessHeldIn: _, ...freely } = claim('a', [2, 3])
    await store.reserveFirst('lan', freely)
    await store.reserveFirst('lan', freely)
    const holder = { containerId: 'a', ifname: 'eth0' }
    expect(await store.held('lan', holder)).toEqual([address(2), address(3)])
  })

  it('keeps addresses of both families', async () => {
    const { store } = subject()
    const v6 = { family: 6, value: 0xfd00n << 112n } as const
    await store.reserveFirst('lan', claim('a', [], { candidates: () => [v6] }))
    await store.reserveFirst('lan', claim('b', [5]))
    await store.reserveFirst(
      'lan',
      claim('c', [], { candidates: () => [{ ...v6, value: v6.value + 1n }] }),
    )
    expect(await holders(store)).toEqual(['10.4.0.5 b eth0', 'fd00:: a eth0', 'fd00::1 c eth0'])
    expect(await store.taken('lan')).toEqual([address(5), v6, { family: 6, value: v6.value + 1n }])
  })
}
