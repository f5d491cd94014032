import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerStore, Lock } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { containerStore, storedNamespaces } from '../index.ts'

let root: string
let dataStore: string
let store: ContainerStore
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'store-'))
  dataStore = join(root, '1935db59')
  store = containerStore({ dataStore, namespace: 'ns', lock: queue() })
})

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const text = (path: string) => readFileSync(path, 'utf8')

describe('state', () => {
  it('lies where nerdctl keeps it, with its modes and its bytes', async () => {
    expect(await store.prepare('c1')).toBe(join(dataStore, 'containers', 'ns', 'c1'))
    const lifecycle = { started_at: '2026-01-02T03:04:05.6Z', create_error: false }
    await store.write('c1', 'network-config.json', {})
    await store.write('c1', 'lifecycle.json', lifecycle)
    const folder = store.folder('c1')
    expect([mode(dataStore), mode(join(folder, '..')), mode(folder)]).toEqual(['700', '700', '700'])
    expect(mode(join(folder, 'lifecycle.json'))).toBe('600')
    expect(text(join(folder, 'network-config.json'))).toBe('{}')
    expect(text(join(folder, 'lifecycle.json'))).toBe(
      '{"started_at":"2026-01-02T03:04:05.6Z","create_error":false}',
    )
    expect(await store.read('c1', 'lifecycle.json')).toEqual(lifecycle)
  })

  it('what was decided for containers comes from every namespace, but for damaged files', async () => {
    const other = containerStore({ dataStore, namespace: 'k8s.io', lock: queue() })
    expect(await store.decisions()).toEqual([])
    await store.write('c2', 'vethra.json', { id: 'c2' })
    await store.write('c3', 'lifecycle.json', { started_at: '', create_error: false })
    await other.write('c1', 'vethra.json', { id: 'c1' })
    expect(await store.decisions()).toEqual([{ id: 'c1' }, { id: 'c2' }])
    writeFileSync(join(store.folder('c3'), 'vethra.json'), '{')
    expect(await other.decisions()).toEqual([{ id: 'c1' }, { id: 'c2' }])
  })

  it('is undefined when missing, and reading makes nothing', async () => {
    expect(await store.read('c1', 'vethra.json')).toBeUndefined()
    expect(await store.list()).toEqual([])
    expect(await store.find('c1')).toBeUndefined()
    expect(await store.nameHolder('web')).toBeUndefined()
    await store.releaseName('web', 'c1')
    expect(await store.remove('c1')).toBe(false)
    expect(readdirSync(root)).toEqual([])
  })

  it('names the damaged file', async () => {
    await store.prepare('c1')
    const path = join(store.folder('c1'), 'vethra.json')
    writeFileSync(path, '{"a":')
    await expect(store.read('c1', 'vethra.json')).rejects.toMatchObject({
      code: 107,
      message: `${path} is damaged`,
      hint: 'Remove that file, or remove the container and prepare its bundle again.',
    })
  })

  it.each(['', '.', '..', '../c1', 'a/b', 'a\n', 'a'.repeat(256)])(
    'refuses the id %j',
    async (id) => {
      expect(() => store.folder(id)).toThrow('invalid container id')
      await expect(store.write(id, 'vethra.json', {})).rejects.toMatchObject({ code: 107 })
      await expect(store.remove(id)).rejects.toMatchObject({ code: 107 })
      await expect(store.claimName('web', id)).rejects.toMatchObject({ code: 107 })
      expect(existsSync(dataStore)).toBe(false)
    },
  )

  it.each(['..', 'a/b', ''])('there is no namespace %j', (namespace) => {
    expect(() => containerStore({ dataStore, namespace, lock: queue() })).toThrow('namespace')
  })
})

describe('mounted files', () => {
  it('are made 0644, and keep their inode from then on', async () => {
    const path = await store.writeMounted('c1', 'resolv.conf', 'nameserver 10.0.0.1\n')
    expect(path).toBe(join(store.folder('c1'), 'resolv.conf'))
    expect(mode(path)).toBe('644')
    const { ino } = statSync(path)
    await store.writeMounted('c1', 'resolv.conf', 'nameserver 9.9.9.9\n')
    expect(text(path)).toBe('nameserver 9.9.9.9\n')
    expect(statSync(path).ino).toBe(ino)
  })

  it('are written all the same where the container has filled them', async () => {
    const path = await store.writeMounted('c1', 'hostname', 'x\n')
    truncateSync(path, 2 ** 33)
    await store.writeMounted('c1', 'hostname', 'y\n')
    expect(text(path)).toBe('y\n')
  })

  it('are not written through a symbolic link', async () => {
    await store.prepare('c1')
    writeFileSync(join(root, 'target'), 'kept')
    symlinkSync(join(root, 'target'), join(store.folder('c1'), 'hostname'))
    await expect(store.writeMounted('c1', 'hostname', 'x\n')).rejects.toMatchObject({ code: 5 })
    expect(text(join(root, 'target'))).toBe('kept')
  })
})

describe('logs', () => {
  const log = () => join(store.folder('c1'), 'oci-hook.postStop.log')
  beforeEach(async () => void (await store.prepare('c1')))

  it('are of containers that have a folder', async () => {
    await store.startLog('c2', 'postStop', 'run')
    await store.appendLog('c2', 'postStop', 'run')
    expect(await store.list()).not.toContain('c2')
  })

  it('begin anew with each run and keep the one before', async () => {
    for (const run of ['first', 'second', 'third']) {
      await store.startLog('c1', 'postStop', `${run} run`)
      await store.appendLog('c1', 'postStop', `${run} ends\n`)
    }
    expect(text(log())).toBe('third run\nthird ends\n')
    expect(text(`${log()}.1`)).toBe('second run\nsecond ends\n')
    expect(readdirSync(store.folder('c1'))).toHaveLength(2)
    expect(mode(log())).toBe('600')
  })

  it('may begin with nothing', async () => {
    await store.startLog('c1', 'postStop', '')
    expect(text(log())).toBe('')
  })

  it('keep the end of a text that is too long', async () => {
    await store.appendLog('c1', 'postStop', `${'x'.repeat(1_000_000)} the error`)
    expect(text(log())).toMatch(/^\[…\]x+ the error\n$/)
    expect(statSync(log()).size).toBeLessThan(66_000)
  })
})

describe('names', () => {
  it('a name whose file holds no id is free', async () => {
    mkdirSync(join(dataStore, 'names/ns'), { recursive: true })
    writeFileSync(join(dataStore, 'names/ns/web'), '\0\0\0')
    await store.claimName('web', 'c1')
    expect(await store.nameHolder('web')).toBe('c1')
  })

  it('are files with the id alone', async () => {
    await store.claimName('web', 'c1')
    const file = join(dataStore, 'names', 'ns', 'web')
    expect(text(file)).toBe('c1')
    expect([mode(file), mode(join(file, '..'))]).toEqual(['600', '700'])
    expect(await store.nameHolder('web')).toBe('c1')
  })

  it('go to one of many, who may claim it again', async () => {
    const ids = Array.from({ length: 8 }, (_, i) => `c${i}`)
    const outcomes = await Promise.allSettled(ids.map((id) => store.claimName('web', id)))
    const holder = ids[outcomes.findIndex((outcome) => outcome.status === 'fulfilled')] ?? ''
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(7)
    expect(refused[0]?.reason).toMatchObject({
      code: 102,
      message: `name "web" is already used by ID "${holder}"`,
    })
    await store.claimName('web', holder)
    expect(await store.nameHolder('web')).toBe(holder)
  })

  it('are claimed under the lock that nerdctl takes on their folder', async () => {
    const held: string[] = []
    const lock: Lock = {
      hold: (path, work) => {
        held.push(path)
        expect(statSync(path).isDirectory()).toBe(true)
        return work()
      },
    }
    const locked = containerStore({ dataStore, namespace: 'ns', lock })
    await locked.claimName('web', 'c1')
    await locked.releaseName('web', 'c1')
    expect(held).toEqual([join(dataStore, 'names', 'ns'), join(dataStore, 'names', 'ns')])
  })

  it('are none of temporary files, and those of a killed process go with the next claim', async () => {
    const folder = join(dataStore, 'names', 'ns')
    mkdirSync(folder, { recursive: true })
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
    writeFileSync(join(folder, `.tmp-4194305-${namespace}-1`), 'c1')
    expect(await store.heldNames()).toEqual([])
    await store.claimName('web', 'c1')
    expect(await store.heldNames()).toEqual([{ name: 'web', id: 'c1' }])
    expect(readdirSync(folder)).toEqual(['web'])
  })

  it('are taken over from an empty file', async () => {
    mkdirSync(join(dataStore, 'names', 'ns'), { recursive: true })
    writeFileSync(join(dataStore, 'names', 'ns', 'web'), '')
    expect(await store.nameHolder('web')).toBeUndefined()
    await store.claimName('web', 'c1')
    expect(await store.nameHolder('web')).toBe('c1')
  })

  it('are released by their holder alone', async () => {
    await store.claimName('web', 'c1')
    await store.releaseName('web', 'c2')
    expect(await store.nameHolder('web')).toBe('c1')
    await store.releaseName('web', 'c1')
    expect(await store.nameHolder('web')).toBeUndefined()
    await store.releaseName('web', 'c1')
  })

  it.each(['', '..', '../x', 'a\n'])('%j is none', async (name) => {
    await expect(store.claimName(name, 'c1')).rejects.toMatchObject({ code: 107 })
    await expect(store.nameHolder(name)).rejects.toMatchObject({ code: 107 })
  })

  it('lead nowhere when their file was tampered with', async () => {
    await store.claimName('web', 'c1')
    writeFileSync(join(dataStore, 'names', 'ns', 'web'), '../../../etc')
    await expect(store.find('web')).rejects.toMatchObject({ code: 107 })
  })
})

describe('find', () => {
  beforeEach(async () => {
    for (const id of ['abc', 'abcdef', 'abd', 'xyz']) await store.prepare(id)
    await store.claimName('web', 'xyz')
    await store.claimName('ab', 'abd')
    await store.claimName('abc', 'xyz')
  })

  it.each([
    ['abc', 'abc', 'an id comes before a name'],
    ['ab', 'abd', 'a name comes before the beginning of an id'],
    ['web', 'xyz', 'a name'],
    ['x', 'xyz', 'the beginning of one id'],
    ['abcd', 'abcdef', 'the beginning of one id among similar ones'],
    ['b', undefined, 'nothing'],
  ])('%j means %j: %s', async (ref, id, _why) => {
    expect(await store.find(ref)).toBe(id)
  })

  it('asks for more of an id that several begin with', async () => {
    await expect(store.find('a')).rejects.toMatchObject({
      code: 103,
      message: 'multiple containers found with prefix: a',
    })
  })

  it('lists folders alone whose names can be ids, ascending', async () => {
    mkdirSync(join(dataStore, 'containers/ns/x\ny'))
    writeFileSync(join(dataStore, 'containers', 'ns', 'file'), '')
    expect(await store.list()).toEqual(['abc', 'abcdef', 'abd', 'xyz'])
    expect(await store.remove('abc')).toBe(true)
    expect(await store.list()).toEqual(['abcdef', 'abd', 'xyz'])
  })
})

/** A lock for this process. */
function queue(): Lock {
  const last = new Map<string, Promise<unknown>>()
  return {
    hold: (path, work) => {
      const next = (last.get(path) ?? Promise.resolve()).then(
        () => work(),
        () => work(),
      )
      const settled = next.catch(() => undefined)
      last.set(path, settled)
      return next
    },
  }
}

it('the names that are held come with who holds them, without files that name nobody', async () => {
  expect(await store.heldNames()).toEqual([])
  await store.claimName('web', 'c1')
  await store.claimName('db', 'c2')
  writeFileSync(join(dataStore, 'names/ns/empty'), '')
  writeFileSync(join(dataStore, 'names/ns/hostile'), '../../etc')
  expect(await store.heldNames()).toEqual([
    { name: 'db', id: 'c2' },
    { name: 'web', id: 'c1' },
  ])
})

it('the namespaces of a data store are those of containers, hosts files and names', async () => {
  expect(await storedNamespaces(dataStore)).toEqual(['default'])
  await store.claimName('web', 'c1')
  mkdirSync(join(dataStore, 'etchosts/other'), { recursive: true })
  mkdirSync(join(dataStore, 'etchosts/.index'))
  mkdirSync(join(dataStore, 'etchosts/x\ny'))
  expect(await storedNamespaces(dataStore)).toEqual(['default', 'ns', 'other'])
})
