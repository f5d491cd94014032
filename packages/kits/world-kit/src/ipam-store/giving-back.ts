import { expect, it } from 'vitest'
import { address, claim, holders } from './sample.ts'
import type { IpamStoreSubject } from './subject.ts'

/** The cases of giving addresses back. */
export function givingBack(subject: () => IpamStoreSubject): void {
  it('gives back all of a holder, and nothing else', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [2]))
    await store.reserveFirst('lan', claim('a', [9], { unlessHeldIn: () => false }))
    await store.reserveFirst('lan', claim('a', [3], { ifname: 'eth1' }))
    await store.reserveFirst('lan', claim('aa', [4]))
    await store.reserveFirst('other', claim('a', [2]))
    const given = await store.release('lan', { containerId: 'a', ifname: 'eth0' })
    expect(given).toEqual([address(2), address(9)])
    expect(await holders(store)).toEqual(['10.4.0.3 a eth1', '10.4.0.4 aa eth0'])
    expect(await holders(store, 'other')).toEqual(['10.4.0.2 a eth0'])
  })

  it('takes a release of what is not held for done', async () => {
    const { store } = subject()
    const nobody = { containerId: 'nobody', ifname: 'eth0' }
    expect(await store.release('lan', nobody)).toEqual([])
    await store.reserveFirst('lan', claim('a', [2]))
    expect(await store.release('lan', nobody)).toEqual([])
    expect(await store.held('lan', nobody)).toEqual([])
    expect(await holders(store)).toEqual(['10.4.0.2 a eth0'])
  })

  it('an address that was given back can be reserved again', async () => {
    const { store } = subject()
    for (const id of ['a', 'b', 'c']) {
      expect(await store.reserveFirst('lan', claim(id, [2]))).toMatchObject({ kind: 'reserved' })
      await store.release('lan', { containerId: id, ifname: 'eth0' })
    }
    expect(await holders(store)).toEqual([])
  })

  it('drops reservations that are as described, and no others', async () => {
    const { store } = subject()
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      await store.reserveFirst('lan', claim(id, [index + 2]))
    }
    const listed = await store.list('lan')
    await store.release('lan', { containerId: 'b', ifname: 'eth0' })
    await store.reserveFirst('lan', claim('new', [3]))
    await store.release('lan', { containerId: 'c', ifname: 'eth0' })
    const dropped = await store.drop('lan', listed)
    expect(dropped.map(({ address }) => address)).toEqual(['10.4.0.2'])
    expect(await holders(store)).toEqual(['10.4.0.3 new eth0'])
  })

  it('knows its networks, and forgets one', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [2]))
    await store.reserveFirst('dmz', claim('a', [2]))
    expect(await store.networks()).toEqual(['dmz', 'lan'])
    await expect(store.removeNetwork('lan')).rejects.toMatchObject({ code: 102 })
    await store.release('lan', { containerId: 'a', ifname: 'eth0' })
    await store.removeNetwork('lan')
    await store.release('dmz', { containerId: 'a', ifname: 'eth0' })
    await store.removeNetwork('dmz')
    await store.removeNetwork('never')
    expect(await store.networks()).toEqual([])
    expect(await store.list('lan')).toEqual([])
    const last = await new Promise((resolve) => {
      const candidates = (given: unknown) => {
        resolve(given)
        return []
      }
      void store.reserveFirst('lan', claim('b', [], { candidates }))
    })
    expect(last).toBeUndefined()
  })
}
