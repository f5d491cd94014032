import { expect, it } from 'vitest'
import { claim } from './sample.ts'
import type { IpamStoreSubject } from './subject.ts'

const names = ['', '.', '..', '../lan', 'a/b', '/etc', 'lan\n', 'lan\0', 'é']

/** The cases of what is refused before anything is written. */
export function hostileInput(subject: () => IpamStoreSubject): void {
  it.each(names)('no method takes the network %j', async (network) => {
    const { store } = subject()
    const holder = { containerId: 'a', ifname: 'eth0' }
    const refused = { name: 'CniError', code: 7 }
    await expect(store.list(network)).rejects.toMatchObject(refused)
    await expect(store.taken(network)).rejects.toMatchObject(refused)
    await expect(store.held(network, holder)).rejects.toMatchObject(refused)
    await expect(store.reserveFirst(network, claim('a', [2]))).rejects.toMatchObject(refused)
    await expect(store.release(network, holder)).rejects.toMatchObject(refused)
    await expect(store.drop(network, [])).rejects.toMatchObject(refused)
    await expect(store.removeNetwork(network)).rejects.toMatchObject(refused)
    expect(await store.networks()).toEqual([])
  })

  it('a holder never passes for another', async () => {
    const { store } = subject()
    await store.reserveFirst('lan', claim('a', [2]))
    const others = [
      { containerId: 'a', ifname: 'eth' },
      { containerId: 'a\r\neth0', ifname: '' },
      { containerId: 'A', ifname: 'eth0' },
      { containerId: '', ifname: 'eth0' },
    ]
    for (const other of others) {
      const given = await store.release('lan', other).catch((error: unknown) => {
        // A store may say that such a holder cannot be.
        expect(error).toMatchObject({ name: 'CniError' })
        return []
      })
      expect(given).toEqual([])
    }
    expect(await store.taken('lan')).toHaveLength(1)
  })
}
