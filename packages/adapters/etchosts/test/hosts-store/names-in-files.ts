import { expect, it } from 'vitest'
import { container, entriesOf } from './sample.ts'
import type { HostsStoreSubject } from './subject.ts'

const fooId = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'

/** The cases of the files' content and its order. */
export function namesInFiles(subject: () => HostsStoreSubject): void {
  it('own names come first, then extra hosts as given, then peers by address', async () => {
    const { store, hostsOf } = subject()
    const own = container(
      'own',
      { lan: ['10.0.0.50/24', 'fd00::50/64'] },
      {
        name: 'web',
        domainname: 'example.com',
        extraHosts: [
          ['zz', '192.0.2.1'],
          ['aa', '192.0.2.2'],
          ['zz', '2001:db8::1'],
        ],
      },
    )
    for (const last of [100, 9, 20]) {
      await store.acquire(container(`p${last}`, { lan: [`10.0.0.${last}/24`, `fd00::${last}/64`] }))
    }
    await store.acquire(own)
    expect(entriesOf(await hostsOf('own'))).toEqual([
      '10.0.0.50 h-own.example.com h-own h-own.lan web web.lan',
      'fd00::50 h-own.example.com h-own h-own.lan web web.lan',
      '192.0.2.1 zz',
      '192.0.2.2 aa',
      '2001:db8::1 zz',
      '10.0.0.9 h-p9 h-p9.lan',
      '10.0.0.20 h-p20 h-p20.lan',
      '10.0.0.100 h-p100 h-p100.lan',
      'fd00::9 h-p9 h-p9.lan',
      'fd00::20 h-p20 h-p20.lan',
      'fd00::100 h-p100 h-p100.lan',
    ])
    expect(await store.read('own')).toEqual(own)
  })

  it('aliases stand in their network alone, and are kept', async () => {
    const { store, hostsOf } = subject()
    const networks = { bridge: ['10.0.0.1/24'], lan: ['10.1.0.1/24'] }
    const names = container('a', networks, { aliases: { lan: ['db'], bridge: ['cache'] } })
    await store.acquire(names)
    await store.acquire(container('b', { lan: ['10.1.0.2/24'] }))
    await store.acquire(container('c', { bridge: ['10.0.0.3/24'] }))
    expect(entriesOf(await hostsOf('b'))[1]).toBe('10.1.0.1 h-a h-a.lan db db.lan')
    expect(entriesOf(await hostsOf('c'))[1]).toBe('10.0.0.1 h-a cache')
    expect(await store.read('a')).toEqual(names)
  })

  it('a container without a network has its extra hosts only, and no peers', async () => {
    const { store, hostsOf } = subject()
    const names = container('n', {}, { networks: null, extraHosts: [['x', '192.0.2.1']] })
    await store.acquire(container('a', { lan: ['10.0.0.1/24'] }))
    await store.acquire(names)
    expect(entriesOf(await hostsOf('n'))).toEqual(['192.0.2.1 x'])
    expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
    expect(await store.read('n')).toEqual(names)
  })

  it("a container's own name never appears with the address of another", async () => {
    const { store, hostsOf } = subject()
    await store.acquire(container('a', { lan: ['10.0.0.9/24'] }, { hostname: 'web' }))
    await store.acquire(container('b', { lan: ['10.0.0.1/24'] }, { hostname: 'WEB', name: 'b' }))
    expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.9 web web.lan', '10.0.0.1 b b.lan'])
    expect(entriesOf(await hostsOf('b'))).toEqual(['10.0.0.1 WEB WEB.lan b b.lan'])
  })

  it('the last container has the address that one before it never released', async () => {
    const { store, hostsOf } = subject()
    await store.acquire(container('a', { lan: ['10.0.0.1/24'] }))
    for (const id of ['z', 'dead', 'y']) {
      await store.acquire(container(id, { lan: ['10.0.0.2/24'] }))
      expect(entriesOf(await hostsOf('a'))[1]).toBe(`10.0.0.2 h-${id} h-${id}.lan`)
    }
    await store.release('y')
    expect(entriesOf(await hostsOf('a'))[1]).toBe('10.0.0.2 h-dead h-dead.lan')
  })

  it('a network is the same by its name, its id and the start of its id', async () => {
    const { store, hostsOf } = subject()
    await store.acquire(container('a', { [fooId]: ['10.0.0.1/24'] }))
    await store.acquire(container('b', { [fooId.slice(0, 12)]: ['10.0.0.2/24'] }))
    expect(entriesOf(await hostsOf('a'))).toHaveLength(2)
    await store.acquire(container('c', { foo: ['10.0.0.3/24'] }))
    const expected = ['10.0.0.1 h-a h-a.foo', '10.0.0.2 h-b h-b.foo', '10.0.0.3 h-c h-c.foo']
    for (const id of ['a', 'b', 'c']) {
      expect([...entriesOf(await hostsOf(id))].sort()).toEqual(expected)
    }
  })
}
