import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { CniError } from '@vethra/cni'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { container, entriesOf, type SampleStore, sampleStore } from '../test/sample-store.ts'
import { diskHostsStore } from './index.ts'

let sample: SampleStore
let faults: CniError[]
beforeEach(async () => {
  faults = []
  sample = await sampleStore({ onFault: (fault) => faults.push(fault) })
  for (const names of [a, b, apart]) await sample.store.acquire(names)
})
afterEach(() => sample.close())

const a = container('a', 'lan', '10.0.0.1/24')
const b = container('b', 'lan', '10.0.0.2/24')
const apart = container('c', 'wan', '10.1.0.3/24')
const late = container('d', 'lan', '10.0.0.4/24')
const all = ['10.0.0.1 h-a h-a.lan', '10.0.0.2 h-b h-b.lan', '10.0.0.4 h-d h-d.lan']
const sorted = async (id: string) => [...(await entriesOf(sample.store.path(id)))].sort()

describe('a meta.json that is damaged', () => {
  it.each([
    ['empty', ''],
    ['cut off', '{"ID":"b","Netw'],
    ['of the wrong shape', '{"ID":"b","Networks":7}'],
    ["another container's", '{"ID":"a","Networks":null}'],
  ])('%s: counts as not there, and is written anew', async (_, text) => {
    await writeFile(join(sample.folder, 'b', 'meta.json'), text)
    expect(await sample.store.read('b')).toBeUndefined()
    expect(await sample.store.list()).toEqual([a, apart])
    await sample.store.acquire(late)
    expect(await sorted('a')).toEqual(all.filter((entry) => !entry.includes('h-b')))
    await sample.store.acquire(b)
    expect(await sorted('a')).toEqual(all)
    await writeFile(join(sample.folder, 'b', 'meta.json'), text)
    await sample.store.release('b')
    expect(await sorted('a')).toEqual(all.filter((entry) => !entry.includes('h-b')))
  })
})

it('a hosts file that does not say what is known is stale, until its container is made known again', async () => {
  const path = sample.store.path('b')
  await appendFile(path, '10.9.9.9 mine\n')
  expect(await sample.store.stale()).toEqual([])
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('10.0.0.1', '10.0.0.9'))
  await truncate(sample.store.path('c'))
  expect(await sample.store.stale()).toEqual(['b', 'c'])
  for (const each of [b, apart]) await sample.store.acquire(each)
  expect(await sample.store.stale()).toEqual([])
  expect(await readFile(path, 'utf8')).toBe(text)
})

it('the draft of a meta.json that a killed writer left goes with the next tidying', async () => {
  const folder = join(sample.folder, 'b')
  const before = await readdir(folder)
  await writeFile(join(folder, '.tmp-meta.json'), '{')
  await sample.store.tidy()
  expect(await readdir(folder)).toEqual(before)
  expect(await sample.store.list()).toEqual([a, b, apart])
})

describe('a hosts file', () => {
  it('that was deleted is made anew when something changes', async () => {
    await rm(sample.store.path('b'))
    await sample.store.acquire(late)
    expect(await sorted('b')).toEqual(all)
  })

  it.each(['', '# <nerdctl>\n', 'x'.repeat(10_000), '\n\n\n'])(
    'that was overwritten with %j gets its names again',
    async (text) => {
      await writeFile(sample.store.path('b'), text)
      await sample.store.acquire(late)
      expect(await sorted('b')).toEqual(all)
    },
  )

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a symbolic link', (path: string) => symlink(join(sample.dir, 'victim'), path)],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ['a socket', (path: string) => once(createServer().listen(path).unref(), 'listening')],
  ])(
    'that is now %s keeps no other from its names, is told of, and tried again',
    async (_, make) => {
      await writeFile(join(sample.dir, 'victim'), 'victim')
      const path = sample.store.path('b')
      await rm(path)
      await make(path)
      await sample.store.acquire(late)
      expect(await sorted('a')).toEqual(all)
      expect(faults).toMatchObject([{ code: 5, message: expect.stringContaining(path) }])
      expect(await readFile(join(sample.dir, 'victim'), 'utf8')).toBe('victim')
      await rm(path, { recursive: true })
      await sample.store.release('c')
      expect(await sorted('b')).toEqual(all)
    },
  )

  it.each([
    ['8 GiB without a word', (path: string) => truncate(path, 2 ** 33)],
    ['a megabyte of markers', (path: string) => writeFile(path, '<nerdctl>'.repeat(120_000))],
    ['a megabyte outside', async (path: string) => appendFile(path, '# note\n'.repeat(150_000))],
    ['a megabyte inside', (path: string) => writeFile(path, `# <nerdctl>\n${'\n'.repeat(1e6)}`)],
  ])('that a container filled with %s is made anew, and told of', async (_, fill) => {
    const path = sample.store.path('b')
    const { ino } = await stat(path)
    await fill(path)
    const before = performance.now()
    await sample.store.acquire(late)
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(await sorted('a')).toEqual(all)
    expect(await sorted('b')).toEqual(all)
    expect((await stat(path)).ino).toBe(ino)
    expect((await stat(path)).size).toBeLessThan(4096)
    expect(faults).toMatchObject([{ code: 107, message: expect.stringContaining(path) }])
  })

  it('of the container itself that cannot be written fails the operation', async () => {
    await rm(sample.store.path('a'))
    await mkdir(sample.store.path('a'))
    await expect(sample.store.acquire(a)).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining(sample.store.path('a')),
    })
  })
})

describe('what a kill leaves', () => {
  it.each([
    ['an empty folder', async () => {}],
    ['a temporary file', () => writeFile(join(sample.folder, 'd', '.tmp-1'), '{')],
    ['a hosts file alone', () => writeFile(sample.store.path('d'), '')],
  ])('%s is no container, and nobody minds', async (_, make) => {
    await mkdir(join(sample.folder, 'd'))
    await make()
    await sample.store.rename('b', 'x')
    expect((await sample.store.list()).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    await sample.store.remove('d')
    await sample.store.prepare('d', '')
    await sample.store.acquire(late)
    expect((await sorted('a')).length).toBe(3)
  })

  it.each([
    ['none', undefined],
    ['one cut off', '{"stamp":"1 2'],
    ['one of another shape', '{"stamp":1,"idle":[1]}'],
    ['null', 'null'],
  ])('with an index that is %s, the next operation makes every file right', async (_, text) => {
    const index = join(sample.dir, '.default', 'head.json')
    await (text === undefined ? rm(index) : writeFile(index, text))
    for (const { id } of [a, b, apart]) await writeFile(sample.store.path(id), '')
    await sample.store.rename('c', 'y')
    expect(await sorted('a')).toEqual(all.slice(0, 2))
    expect(await sorted('b')).toEqual(all.slice(0, 2))
    expect(await sorted('c')).toEqual(['10.1.0.3 h-c h-c.wan y y.wan'])
  })

  it('keeps its index where it is told to, and nothing beside the namespace', async () => {
    const indexes = join(sample.dir, 'elsewhere')
    const store = diskHostsStore({
      dir: join(sample.dir, 'etchosts'),
      namespace: 'default',
      lock: { hold: (_, work) => work() },
      indexes,
    })
    await store.acquire(late)
    expect(await readdir(join(sample.dir, 'etchosts'))).toEqual(['default'])
    expect(await readdir(join(indexes, 'default'))).toContain('head.json')
  })
})

it('every folder is told with what peers know of its container', async () => {
  await sample.store.release('a')
  await writeFile(join(sample.folder, 'b', 'meta.json'), '{')
  await sample.store.acquire({ ...container('d', 'lan', '10.0.0.4/24'), networks: null })
  const ids = await sample.store.ids()
  expect(await Promise.all(ids.map((id) => sample.store.folder(id)))).toEqual([
    { id: 'a', names: 'none', networks: [] },
    { id: 'b', names: 'damaged', networks: [] },
    { id: 'c', names: 'known', networks: ['wan'] },
    { id: 'd', names: 'known', networks: [] },
  ])
})
