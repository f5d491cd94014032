import { appendFileSync, readFileSync } from 'node:fs'
import { appendFile, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import type { CniError } from '@vethra/cni'
import type { Lock } from '@vethra/world'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { container, entriesOf, type SampleStore, sampleStore } from '../test/sample-store.ts'

let sample: SampleStore
let faults: CniError[]
let whileHeld: () => void
let held: { readonly octets: number; readonly times: number }

// Octets that this thread has asked the kernel for: proc_pid_io(5).
const asked = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1])

const lock: Lock = {
  async hold(_path, work) {
    whileHeld()
    const before = asked()
    try {
      return await work()
    } finally {
      held = { octets: held.octets + asked() - before, times: held.times + 1 }
    }
  },
}

beforeEach(async () => {
  faults = []
  held = { octets: 0, times: 0 }
  whileHeld = () => {}
  sample = await sampleStore({ lock, onFault: (fault) => faults.push(fault) })
  for (const id of ['a', 'b']) {
    await sample.store.prepare(id, '')
    await sample.store.acquire(container(id, 'lan', `10.0.0.${id === 'a' ? 1 : 2}/24`))
  }
  held = { octets: 0, times: 0 }
})
afterEach(() => sample.close())

const late = container('d', 'lan', '10.0.0.4/24')
const all = ['10.0.0.1 h-a h-a.lan', '10.0.0.2 h-b h-b.lan', '10.0.0.4 h-d h-d.lan']
const names = async (id: string) => [...(await entriesOf(sample.store.path(id)))].sort()

it('a hosts file that nobody wrote to is updated while the lock is held once', async () => {
  await sample.store.acquire(late)
  expect(held.times).toBe(1)
  await sample.store.release('d')
  expect(held.times).toBe(2)
  expect(await names('a')).toEqual(all.slice(0, 2))
})

it('a hosts file that its container filled is read while no lock is held, and keeps its text', async () => {
  const text = '# note\n'.repeat(8_000)
  await appendFile(sample.store.path('b'), text)
  await sample.store.acquire(late)
  expect(held.octets).toBeLessThan(30_000)
  expect(await names('a')).toEqual(all)
  expect(await names('b')).toEqual(all)
  expect((await readFile(sample.store.path('b'), 'utf8')).endsWith(text)).toBe(true)
  expect(faults).toEqual([])
})

it.each(['release', 'remove'] as const)(
  '%s needs no hosts file of the container itself that can be read',
  async (operation) => {
    await rm(sample.store.path('b'))
    await symlink('/nowhere', sample.store.path('b'))
    await sample.store[operation]('b')
    expect(await names('a')).toEqual(all.slice(0, 1))
    expect(faults).toEqual([])
  },
)

it('without an index no hosts file is read while the lock is held', async () => {
  for (const id of ['a', 'b']) await appendFile(sample.store.path(id), '# note\n'.repeat(8_000))
  await writeFile(`${sample.dir}/.default/head.json`, '')
  await sample.store.acquire(late)
  expect(held.octets).toBeLessThan(30_000)
  for (const id of ['a', 'b', 'd']) expect(await names(id)).toEqual(all)
})

it.each([1, 2, 3])(
  'one that is written to %d times in the meantime is read again',
  async (most) => {
    let left = most
    whileHeld = () => {
      left -= 1
      if (left >= 0) appendFileSync(sample.store.path('b'), `# ${left}\n`)
    }
    await sample.store.acquire(late)
    expect(await names('b')).toEqual(all)
    const notes = (await readFile(sample.store.path('b'), 'utf8')).match(/^# \d$/gm)
    expect(notes).toHaveLength(most)
  },
)

it('one that is written to all the time is left to the next operation, and told of', async () => {
  whileHeld = () => appendFileSync(sample.store.path('b'), '# again\n')
  await sample.store.acquire(late)
  expect(await names('a')).toEqual(all)
  expect(faults).toMatchObject([
    { code: 107, message: expect.stringContaining(sample.store.path('b')) },
  ])
  whileHeld = () => {}
  await sample.store.rename('a', 'x')
  expect(await names('b')).toContain('10.0.0.4 h-d h-d.lan')
})
