import { expect, it } from 'vitest'
import { container, entriesOf, rowsOf } from './sample.ts'
import type { HostsStoreSubject } from './subject.ts'

const a = container('a', { lan: ['10.0.0.1/24'] })
const b = container('b', { lan: ['10.0.0.2/24'] })
const apart = container('c', { wan: ['10.1.0.3/24'] })

/** The cases of each method by itself, called once and again. */
export function comingAndGoing(subject: () => HostsStoreSubject): void {
  it('prepare makes a file with the text given, and leaves one that is there', async () => {
    const { store, hostsOf } = subject()
    expect(await store.prepare('a', '# mine\n')).toBe(store.path('a'))
    expect(await hostsOf('a')).toBe('# mine\n')
    expect(await store.prepare('a', 'other')).toBe(store.path('a'))
    expect(await hostsOf('a')).toBe('# mine\n')
    expect(await store.list()).toEqual([])
  })

  it('acquire makes a container known, prepared or not', async () => {
    const { store, hostsOf } = subject()
    await store.acquire(a)
    expect(rowsOf(await hostsOf('a'))).toEqual([
      '# <nerdctl>',
      '127.0.0.1\tlocalhost localhost.localdomain',
      '::1\t\tlocalhost localhost.localdomain',
      '10.0.0.1        h-a h-a.lan',
      '# </nerdctl>',
    ])
    expect(await store.read('a')).toEqual(a)
  })

  it('acquire keeps what users wrote to the byte', async () => {
    const { store, hostsOf } = subject()
    const text = '# mine\n\n 1.2.3.4\tfoo # note\n127.0.0.1 alias\n'
    await store.prepare('a', text)
    await store.acquire(a)
    await store.acquire(b)
    await store.release('b')
    expect((await hostsOf('a')).startsWith(`${text}# <nerdctl>\n`)).toBe(true)
  })

  it('containers of one network know each other, those of others do not show', async () => {
    const { store, hostsOf } = subject()
    for (const names of [a, b, apart]) await store.acquire(names)
    expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.1 h-a h-a.lan', '10.0.0.2 h-b h-b.lan'])
    expect(entriesOf(await hostsOf('b'))).toEqual(['10.0.0.2 h-b h-b.lan', '10.0.0.1 h-a h-a.lan'])
    expect(entriesOf(await hostsOf('c'))).toEqual(['10.1.0.3 h-c h-c.wan'])
    expect(await store.list()).toEqual([a, b, apart])
  })

  it('release takes the names from the peers and leaves the own file, once and again', async () => {
    const { store, hostsOf } = subject()
    for (const names of [a, b]) await store.acquire(names)
    const own = await hostsOf('b')
    for (const _ of ['once', 'again']) {
      await store.release('b')
      expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
      expect(await hostsOf('b')).toBe(own)
      expect(await store.read('b')).toBeUndefined()
    }
  })

  it('release, rename and remove of a container that never was do nothing', async () => {
    const { store } = subject()
    await store.release('x')
    await store.rename('x', 'y')
    await store.remove('x')
    expect(await store.read('x')).toBeUndefined()
    expect(await store.list()).toEqual([])
  })

  it('acquire again takes the container from networks that it left to those that it joined', async () => {
    const { store, hostsOf } = subject()
    for (const names of [a, b, apart]) await store.acquire(names)
    await store.acquire(container('b', { wan: ['10.1.0.2/24'] }))
    expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
    expect(entriesOf(await hostsOf('b'))).toEqual(['10.1.0.2 h-b h-b.wan', '10.1.0.3 h-c h-c.wan'])
    expect(entriesOf(await hostsOf('c'))).toEqual(['10.1.0.3 h-c h-c.wan', '10.1.0.2 h-b h-b.wan'])
  })

  it('rename shows in the own file and in those of the peers (nerdctl, case 59)', async () => {
    const { store, hostsOf } = subject()
    for (const names of [a, { ...b, name: 'old' }]) await store.acquire(names)
    await store.rename('b', 'new')
    expect(entriesOf(await hostsOf('a'))[1]).toBe('10.0.0.2 h-b h-b.lan new new.lan')
    expect(entriesOf(await hostsOf('b'))[0]).toBe('10.0.0.2 h-b h-b.lan new new.lan')
    expect(await store.read('b')).toEqual({ ...b, name: 'new' })
  })

  it('remove takes everything of a container, known or only prepared', async () => {
    const { store, hostsOf } = subject()
    for (const names of [a, b]) await store.acquire(names)
    await store.prepare('p', '')
    for (const id of ['b', 'p', 'b']) {
      await store.remove(id)
      await expect(hostsOf(id)).rejects.toThrow()
    }
    expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
    expect(await store.list()).toEqual([a])
  })

  it.each(['release', 'remove'] as const)(
    '%s takes several at once from the files of those that stay',
    async (method) => {
      const { store, hostsOf } = subject()
      const third = container('d', { lan: ['10.0.0.4/24'] })
      for (const names of [a, b, third, apart]) await store.acquire(names)
      await store[method]('b', 'x', 'd')
      expect(entriesOf(await hostsOf('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
      expect(await store.list()).toEqual([a, apart])
      await store.acquire(b)
      expect(entriesOf(await hostsOf('a'))).toEqual([
        '10.0.0.1 h-a h-a.lan',
        '10.0.0.2 h-b h-b.lan',
      ])
    },
  )

  it('many that come at once are all known to each other', async () => {
    const { store, hostsOf } = subject()
    const many = Array.from({ length: 12 }, (_, index) =>
      container(`m${10 + index}`, { lan: [`10.0.0.${10 + index}/24`] }),
    )
    await Promise.all(many.map((names) => store.acquire(names)))
    for (const { id } of many) expect(entriesOf(await hostsOf(id))).toHaveLength(many.length)
    await Promise.all(many.slice(1).map(({ id }) => store.release(id)))
    expect(entriesOf(await hostsOf('m10'))).toHaveLength(1)
  })
}
