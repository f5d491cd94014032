import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lock } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { confDir } from '../index.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'conf-'))
})

const lock = queue()
const options = { namespace: 'ns', sharedNetwork: 'bridge', lock, kept: () => '/nowhere' }
const at = (namespace: string) =>
  confDir({ ...options, dir, kept: () => join(dir, '.kept'), namespace })
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

function put(name: string, text = name): void {
  mkdirSync(join(dir, name, '..'), { recursive: true })
  writeFileSync(join(dir, name), text)
}

describe('list', () => {
  it('orders the paths of both folders together by their octets', async () => {
    for (const name of ['b.conf', 'B.json', 'ns/a.conflist', 'nr.conf', 'nt.conf', 'other/x.conf'])
      put(name)
    const files = await at('ns').list()
    expect(files).toEqual(
      ['B.json', 'b.conf', 'nr.conf', 'ns/a.conflist', 'nt.conf'].map((name) => ({
        file: join(dir, name),
        text: name,
        modified: expect.stringMatching(/^\d{4}-/),
      })),
    )
  })

  it('those of other namespaces are listed apart', async () => {
    for (const name of [
      'b.conf',
      'ns/a.conflist',
      'other/x.conf',
      'k8s.io/y.json',
      'k8s.io/deep/z.conf',
    ])
      put(name)
    const others = async (namespace: string) =>
      (await at(namespace).listOthers()).map(({ file }) => file.slice(dir.length + 1))
    expect(await others('ns')).toEqual(['k8s.io/y.json', 'other/x.conf'])
    expect(await others('default')).toEqual(['k8s.io/y.json', 'ns/a.conflist', 'other/x.conf'])
  })

  it('takes files and links to files with the three extensions, and nothing else', async () => {
    for (const name of ['a.conf', 'a.conf.bak', 'conf', 'sub/b.conf', '.tmp-1.conf', 'README.md'])
      put(name)
    mkdirSync(join(dir, 'folder.conf'))
    symlinkSync('a.conf', join(dir, 'link.json'))
    symlinkSync('sub', join(dir, 'to-folder.conf'))
    const files = await at('default').list()
    expect(files.map(({ file }) => file.slice(dir.length + 1))).toEqual(['a.conf', 'link.json'])
  })

  it('what is in the way of a file cannot be read: a FIFO, a link that leads nowhere, a folder that holds something', async () => {
    execFileSync('mkfifo', [join(dir, 'fifo.conf')])
    symlinkSync('nowhere', join(dir, 'dangling.conf'))
    put('full.conf/x')
    expect(await at('default').list()).toMatchObject(
      ['dangling', 'fifo', 'full'].map((name) => ({
        file: join(dir, `${name}.conf`),
        error: { code: 107 },
      })),
    )
  })

  it('gives the others when one cannot be read', async () => {
    put('a.conf')
    put('b.conf', 'x'.repeat(17 * 1024 * 1024))
    symlinkSync('c.conf', join(dir, 'c.conf'))
    const files = await at('default').list()
    expect(files).toMatchObject([
      { file: join(dir, 'a.conf'), text: 'a.conf' },
      { file: join(dir, 'b.conf'), error: { code: 5 } },
      { file: join(dir, 'c.conf'), error: { code: 5, message: `cannot read ${dir}/c.conf` } },
    ])
  })

  it('is empty without a folder, and makes none', async () => {
    const missing = join(dir, 'missing')
    expect(await confDir({ ...options, dir: missing }).list()).toEqual([])
    expect(existsSync(missing)).toBe(false)
  })
})

describe('create', () => {
  it.each([
    ['default', 'nerdctl-lan.conflist'],
    ['ns', 'ns/nerdctl-lan.conflist'],
  ])('writes a network of namespace %s to %s', async (namespace, name) => {
    const file = await at(namespace).create('lan', '{}')
    expect(file).toBe(join(dir, name))
    expect(readFileSync(file, 'utf8')).toBe('{}')
    expect(mode(file)).toBe('644')
    const modified = statSync(file).mtime.toISOString()
    expect(await at(namespace).list()).toEqual([{ file, text: '{}', modified }])
  })

  it('puts the default network where all namespaces see it', async () => {
    expect(await at('ns').create('bridge', '{}')).toBe(join(dir, 'nerdctl-bridge.conflist'))
  })

  it('makes the folders 0755', async () => {
    const conf = confDir({ ...options, dir: join(dir, 'a', 'b') })
    await conf.create('lan', '{}')
    expect(['a', 'a/b', 'a/b/ns'].map((name) => mode(join(dir, name)))).toEqual([
      '755',
      '755',
      '755',
    ])
  })

  it('lets one of many have a name', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => at('default').create('lan', `${i}`)),
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(7)
    expect(refused[0]?.reason).toMatchObject({
      code: 102,
      message: `cannot create network lan: ${dir}/nerdctl-lan.conflist exists`,
    })
  })

  it.each(['', '../x', 'a/b', 'a\n', '-a'])('refuses the name %j', async (name) => {
    await expect(at('default').create(name, '{}')).rejects.toMatchObject({ code: 7 })
    expect(readdirSync(dir)).toEqual([])
  })

  it.each(['..', '', 'a/b'])('there is no namespace %j', (namespace) => {
    expect(() => at(namespace)).toThrow('invalid namespace')
  })
})

describe('remove', () => {
  it('removes what was listed, once', async () => {
    const file = await at('ns').create('lan', '{}')
    expect(await at('ns').remove(file)).toBe(true)
    expect(await at('ns').remove(file)).toBe(false)
  })

  it('removes nothing elsewhere', async () => {
    put('other/a.conf')
    await expect(at('ns').remove(join(dir, 'other', 'a.conf'))).rejects.toMatchObject({ code: 101 })
    await expect(at('ns').remove(`${dir}/../x.conf`)).rejects.toMatchObject({ code: 101 })
    expect(existsSync(join(dir, 'other', 'a.conf'))).toBe(true)
  })
})

describe('dropIns', () => {
  it('gives the .conf files of the folder named as the network, beside the list', async () => {
    put('ns/lan/b.conf')
    put('ns/lan/a.conf')
    put('ns/lan/c.conflist')
    put('lan/elsewhere.conf')
    const files = await at('ns').dropIns(join(dir, 'ns', 'nerdctl-lan.conflist'), 'lan')
    expect(files.map(({ text }) => text)).toEqual(['ns/lan/a.conf', 'ns/lan/b.conf'])
  })

  it('gives none when there is no folder, and refuses to leave it', async () => {
    expect(await at('ns').dropIns(join(dir, 'a.conflist'), 'lan')).toEqual([])
    await expect(at('ns').dropIns(join(dir, 'a.conflist'), '../..')).rejects.toMatchObject({
      code: 107,
    })
  })
})

describe('exclusively', () => {
  it('lets one at a time choose and write, under the lock that nerdctl takes', async () => {
    const paths: string[] = []
    const recording: Lock = {
      hold: (path, work) => {
        paths.push(path)
        return lock.hold(path, work)
      },
    }
    const conf = confDir({ ...options, dir: join(dir, 'made'), lock: recording })
    const numbers = await Promise.all(
      Array.from({ length: 6 }, () =>
        conf.exclusively(async () => {
          const number = (await conf.list()).length
          await conf.create(`n${number}`, '{}')
          return number
        }),
      ),
    )
    expect(numbers.toSorted()).toEqual([0, 1, 2, 3, 4, 5])
    expect(new Set(paths)).toEqual(new Set([join(dir, 'made', '.nerdctl.lock')]))
    expect(mode(join(dir, 'made'))).toBe('755')
  })

  it('removes what a process of ours that was killed has left, and nothing of others', async () => {
    const [here = ''] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? []
    // Above the kernel's largest pid: no such process can be.
    for (const name of [`.tmp-4194305-${here}-1`, `ns/.tmp-4194305-${here}-2`, '.tmp-other'])
      put(name)
    await at('ns').exclusively(async () => undefined)
    expect(readdirSync(dir, { recursive: true }).toSorted()).toEqual(['.tmp-other', 'ns'])
  })
})

describe('copies', () => {
  const kept = async (namespace: string) =>
    (await at(namespace).kept()).map(({ file, text }) => [file, text])

  it('bring back a conf list that others removed, byte for byte and at its place', async () => {
    const [shared, own] = [join(dir, 'nerdctl-é %.conflist'), join(dir, 'ns/nerdctl-b.conflist')]
    for (const each of [shared, own]) put(each.slice(dir.length + 1), ` {"é":1}\n`)
    for (const each of [shared, own]) await at('ns').keep(each, readFileSync(each, 'utf8'))
    await at('ns').keep(own, 'newer')
    expect(await at('ns').restore(own)).toBe(false)
    for (const each of [shared, own]) rmSync(each)
    expect(await kept('ns')).toEqual([
      [shared, ' {"é":1}\n'],
      [own, 'newer'],
    ])
    expect(await kept('default')).toEqual([[shared, ' {"é":1}\n']])
    rmSync(join(dir, 'ns'), { recursive: true })
    expect(await at('default').restore(own)).toBe(false)
    for (const each of [shared, own]) expect(await at('ns').restore(each)).toBe(true)
    expect([readFileSync(shared, 'utf8'), readFileSync(own, 'utf8')]).toEqual([
      ' {"é":1}\n',
      'newer',
    ])
    expect([mode(shared), mode(join(dir, '.kept'))]).toEqual(['644', '700'])
  })

  it('go with the conf list that is removed, and no other file is one', async () => {
    const file = join(dir, 'nerdctl-a.conflist')
    put('nerdctl-a.conflist')
    await at('ns').keep(file, 'x')
    await at('ns').remove(file)
    expect(await kept('ns')).toEqual([])
    for (const name of ['.tmp-1', '%2', '%FF', 'a b', encodeURIComponent('/etc/passwd')])
      put(`.kept/${name}`)
    mkdirSync(join(dir, '.kept', encodeURIComponent(file)))
    expect(await kept('ns')).toEqual([])
    await at('ns').keep(join(dir, 'x'.repeat(250)), 'too long')
    expect(await at('ns').restore(file)).toBe(false)
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
      last.set(
        path,
        next.catch(() => undefined),
      )
      return next
    },
  }
}

describe('a watcher', () => {
  it('that reads conf lists at each change, as containerd does, never sees a part of one', async () => {
    const text = JSON.stringify({ name: 'n', filler: 'x'.repeat(200_000) })
    const lists = () => readdirSync(dir).filter((name) => name.endsWith('.conflist'))
    const read: string[] = []
    const watcher = watch(dir, () => {
      for (const name of lists())
        if (existsSync(join(dir, name))) read.push(readFileSync(join(dir, name), 'utf8'))
    })
    const conf = confDir({ ...options, dir, namespace: 'default' })
    for (let round = 0; round < 10; round += 1) {
      const before = read.length
      const file = await conf.create(`n${round}`, text)
      await expect.poll(() => read.length, { interval: 5 }).toBeGreaterThan(before)
      if (round % 2 === 0) await conf.remove(file)
    }
    watcher.close()
    expect(read.length).toBeGreaterThan(9)
    expect(new Set(read)).toEqual(new Set([text]))
  })
})
