import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  container,
  entriesOf,
  type SampleStore,
  sampleStore,
  traceOf,
  turns,
} from '../test/sample-store.ts'
import { diskHostsStore } from './index.ts'

let sample: SampleStore
beforeEach(async () => {
  sample = await sampleStore()
})
afterEach(() => sample.close())

const a = container('a', 'lan', '10.0.0.1/24')
const b = container('b', 'lan', '10.0.0.2/24')
const apart = container('c', 'wan', '10.1.0.3/24')

describe('what lies on disk', () => {
  it('the inode of a hosts file stays, and its text to the byte', async () => {
    await sample.store.prepare('a', '# mine\n')
    const path = sample.store.path('a')
    const { ino } = await stat(path)
    const sizes: number[] = []
    for (const step of [
      'acquire',
      'join',
      'rename',
      'leave',
      'release',
      'prepare',
      'again',
    ] as const) {
      if (step === 'acquire' || step === 'again') await sample.store.acquire(a)
      if (step === 'join') await sample.store.acquire(b)
      if (step === 'rename') await sample.store.rename('b', 'other')
      if (step === 'leave') await sample.store.release('b')
      if (step === 'release') await sample.store.release('a')
      if (step === 'prepare') await sample.store.prepare('a', 'x')
      const now = await stat(path)
      expect([step, now.ino]).toEqual([step, ino])
      sizes.push(now.size)
    }
    const [alone = 0, beside = 0] = sizes
    expect(beside).toBeGreaterThan(alone)
    expect(sizes.slice(3)).toEqual([alone, alone, alone, alone])
  })

  it('nothing is written through a link in place of a folder of a container', async () => {
    const outside = join(sample.dir, 'outside')
    await mkdir(outside)
    await mkdir(sample.folder)
    await symlink(outside, join(sample.folder, 'a'))
    const refused = expect.objectContaining({ code: 107 })
    await expect(sample.store.prepare('a', '# mine\n')).rejects.toThrow(refused)
    await expect(sample.store.acquire(a)).rejects.toThrow(refused)
    await sample.store.acquire(b)
    await sample.store.remove('a')
    expect([await readdir(outside), await readdir(sample.folder)]).toEqual([[], ['b']])
  })

  it('after the last container is gone there is only the folder of the namespace', async () => {
    for (const names of [a, apart]) await sample.store.acquire(names)
    expect((await readdir(sample.dir)).sort()).toEqual(['.default', 'default'])
    for (const { id } of [a, apart]) await sample.store.remove(id)
    expect(await readdir(sample.dir, { recursive: true })).toEqual(['default'])
  })

  it('namespaces do not see each other', async () => {
    const storeOf = (namespace: string) =>
      diskHostsStore({ dir: sample.dir, namespace, lock: turns() })
    const other = storeOf('other')
    await sample.store.acquire(a)
    await other.acquire(b)
    expect(await entriesOf(sample.store.path('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
    expect(await other.list()).toEqual([b])
    expect(() => storeOf('../x')).toThrow('invalid namespace "../x"')
  })
})

describe('which files are written to', () => {
  it('are those of the same network, and only where the text changes', async () => {
    for (const names of [a, b, apart]) await sample.store.acquire(names)
    const traces = () => Promise.all(['a', 'b', 'c'].map((id) => traceOf(sample.store.path(id))))
    const before = await traces()
    await sample.store.acquire(b)
    await sample.store.rename('b', '')
    await sample.store.release('x')
    expect(await traces()).toEqual(before)
    await sample.store.acquire(container('d', 'wan', '10.1.0.4/24'))
    const after = await traces()
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(after[2]).not.toBe(before[2])
    expect(after[2]?.split(' ')[0]).toBe(before[2]?.split(' ')[0])
  })

  it('a container of another network is not even looked at', async () => {
    for (const names of [a, apart]) await sample.store.acquire(names)
    const meta = join(sample.folder, 'c', 'meta.json')
    const text = await readFile(meta, 'utf8')
    await writeFile(meta, 'damaged')
    await sample.store.prepare('b', '')
    await sample.store.acquire(b)
    await sample.store.release('a')
    await writeFile(meta, text)
    await sample.store.acquire(container('d', 'wan', '10.1.0.4/24'))
    expect(await entriesOf(sample.store.path('c'))).toHaveLength(2)
  })

  it('a container that comes again after it left is no reason to look at others', async () => {
    const beside = container('d', 'wan', '10.1.0.4/24')
    for (const names of [a, b, apart, beside]) await sample.store.acquire(names)
    await sample.store.release('b')
    const before = await traceOf(sample.store.path('d'))
    await writeFile(join(sample.folder, 'c', 'meta.json'), 'damaged')
    await sample.store.acquire(b)
    expect(await traceOf(sample.store.path('d'))).toBe(before)
  })

  it('a file is right in all its networks when something changes in one of them', async () => {
    const both = {
      ...a,
      networks: { ...a.networks, ...container('a', 'wan', '10.1.0.1/24').networks },
    }
    for (const names of [both, b, apart]) await sample.store.acquire(names)
    await sample.store.acquire(container('d', 'lan', '10.0.0.4/24'))
    expect(await entriesOf(sample.store.path('a'))).toEqual([
      '10.0.0.1 h-a h-a.lan',
      '10.1.0.1 h-a h-a.wan',
      '10.0.0.2 h-b h-b.lan',
      '10.0.0.4 h-d h-d.lan',
      '10.1.0.3 h-c h-c.wan',
    ])
  })
})

describe('networks that are joined by containers in two of them', () => {
  const inBoth = (id: string, first: string, second: string, last: number) => ({
    ...container(id, first, `10.0.0.${last}/24`),
    networks: {
      ...container(id, first, `10.0.0.${last}/24`).networks,
      ...container(id, second, `10.1.0.${last}/24`).networks,
    },
  })

  it('keep all their members when one far from them changes', async () => {
    const chain = [inBoth('a', 'lan', 'wan', 1), inBoth('e', 'wan', 'man', 5)]
    for (const names of [...chain, container('f', 'man', '10.1.0.6/24')]) {
      await sample.store.acquire(names)
    }
    await sample.store.acquire(b)
    await sample.store.acquire(container('g', 'man', '10.1.0.7/24'))
    expect(await entriesOf(sample.store.path('f'))).toEqual([
      '10.1.0.6 h-f h-f.man',
      '10.1.0.5 h-e h-e.man',
      '10.1.0.7 h-g h-g.man',
    ])
  })

  it('lose a member that nerdctl stopped, also in files that nothing else touches', async () => {
    const others = [apart, container('d', 'wan', '10.1.0.4/24')]
    for (const names of [inBoth('a', 'lan', 'wan', 1), ...others]) await sample.store.acquire(names)
    await rm(join(sample.folder, 'c', 'meta.json'))
    await sample.store.acquire(b)
    expect(await entriesOf(sample.store.path('d'))).toEqual([
      '10.1.0.4 h-d h-d.wan',
      '10.1.0.1 h-a h-a.wan',
    ])
  })
})

describe('beside nerdctl', () => {
  const meta = (id: string, ref: string, address: string) =>
    `{"ID":"${id}","Networks":{"${ref}":{"cniVersion":"1.0.0","ips":[{"address":"${address}"}],"dns":{}}},"Hostname":"h-${id}","ExtraHosts":{},"Name":"n-${id}","Domainname":""}`

  // nerdctl writes meta.json, then every hosts file of the namespace, in no order.
  async function joinByNerdctl(id: string, ref: string, address: string): Promise<void> {
    await mkdir(join(sample.folder, id), { recursive: true })
    await writeFile(join(sample.folder, id, 'meta.json'), meta(id, ref, address))
    const text =
      '# <nerdctl>\n127.0.0.1\tlocalhost localhost.localdomain\n10.9.9.9        stale\n# </nerdctl>\n'
    for (const each of await readdir(sample.folder)) {
      await writeFile(join(sample.folder, each, 'hosts'), text)
    }
  }

  it('its containers are known at the next operation, and its files put right', async () => {
    await sample.store.acquire(a)
    await joinByNerdctl('n', 'lan', '10.0.0.9/24')
    await sample.store.acquire(b)
    const expected = [
      '10.0.0.1 h-a h-a.lan',
      '10.0.0.2 h-b h-b.lan',
      '10.0.0.9 h-n h-n.lan n-n n-n.lan',
    ]
    expect([...(await entriesOf(sample.store.path('a')))].sort()).toEqual(expected)
    expect([...(await entriesOf(sample.store.path('n')))].sort()).toEqual(expected)
  })

  it('a container of ours that it starts again is known at the next operation', async () => {
    for (const names of [a, b, apart]) await sample.store.acquire(names)
    await sample.store.release('b')
    await writeFile(join(sample.folder, 'b', 'meta.json'), meta('b', 'lan', '10.0.0.7/24'))
    await sample.store.acquire(container('d', 'wan', '10.1.0.4/24'))
    expect(await entriesOf(sample.store.path('a'))).toEqual([
      '10.0.0.1 h-a h-a.lan',
      '10.0.0.7 h-b h-b.lan n-b n-b.lan',
    ])
  })

  it('a change in one network brings in what nerdctl did in another', async () => {
    for (const names of [a, apart]) await sample.store.acquire(names)
    await joinByNerdctl('n', 'wan', '10.1.0.9/24')
    await sample.store.acquire(b)
    expect(await entriesOf(sample.store.path('c'))).toEqual([
      '10.1.0.3 h-c h-c.wan',
      '10.1.0.9 h-n h-n.wan n-n n-n.wan',
    ])
  })

  it('a container that nerdctl removed is gone at the next operation', async () => {
    for (const names of [a, b, apart]) await sample.store.acquire(names)
    await rm(join(sample.folder, 'b'), { recursive: true })
    await sample.store.acquire(container('d', 'wan', '10.1.0.4/24'))
    expect(await entriesOf(sample.store.path('a'))).toEqual(['10.0.0.1 h-a h-a.lan'])
  })
})
