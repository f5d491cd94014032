import type { ContainerNames } from '@vethra/names'
import { expect, it } from 'vitest'
import { container } from './sample.ts'
import type { HostsStoreSubject } from './subject.ts'

const good = container('a', { lan: ['10.0.0.1/24'] })

const bad: readonly (readonly [string, Partial<ContainerNames>])[] = [
  ['a name with a line of its own', { name: 'a\n127.0.0.1 evil' }],
  ['a hostname with a line of its own', { hostname: 'a\n127.0.0.1 evil' }],
  ['a hostname of 300 octets', { hostname: 'h'.repeat(300) }],
  ['a domain with blanks', { domainname: 'a b' }],
  ['an extra host with a comment', { extraHosts: [['#', '10.0.0.9']] }],
  ['an extra host without an address', { extraHosts: [['x', 'nowhere']] }],
  ['an alias with a tab', { aliases: { lan: ['a\tb'] } }],
  ['a network with a newline', container('a', { 'l\nan': ['10.0.0.1/24'] })],
  ['an address with a line of its own', container('a', { lan: ['10.0.0.1 x\n6.6.6.6/24'] })],
]

const ids = ['', ' ', '.', '..', '../../etc', 'a/b', 'a\0', 'a\nb', 'i'.repeat(300)]

/** The cases of what is refused before anything is written. */
export function hostileInput(subject: () => HostsStoreSubject): void {
  it.each(bad)('acquire refuses %s, and nothing is written', async (_, changes) => {
    const { store, hostsOf } = subject()
    const outcome = store.acquire({ ...good, ...changes })
    await expect(outcome).rejects.toMatchObject({ name: 'CniError', code: 103 })
    await expect(hostsOf('a')).rejects.toThrow()
    expect(await store.list()).toEqual([])
  })

  it.each(ids)('no method takes the id %j', async (id) => {
    const { store } = subject()
    const refused = { name: 'CniError', code: 107 }
    await expect(store.prepare(id, '')).rejects.toMatchObject(refused)
    await expect(store.acquire({ ...good, id })).rejects.toMatchObject(refused)
    await expect(store.release(id)).rejects.toMatchObject(refused)
    await expect(store.rename(id, 'x')).rejects.toMatchObject(refused)
    await expect(store.remove(id)).rejects.toMatchObject(refused)
    await expect(store.read(id)).rejects.toMatchObject(refused)
    await expect((async () => store.path(id))()).rejects.toMatchObject(refused)
    expect(await store.list()).toEqual([])
  })

  it('rename refuses a name that no line could hold, and the old one stays', async () => {
    const { store } = subject()
    await store.acquire({ ...good, name: 'old' })
    const outcome = store.rename('a', 'a\n127.0.0.1 evil')
    await expect(outcome).rejects.toMatchObject({ name: 'CniError', code: 103 })
    expect((await store.read('a'))?.name).toBe('old')
  })
}
