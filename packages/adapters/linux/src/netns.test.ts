import { mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'
import { bringLoopbackUp, checkNetns, isNetns } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netns-'))
})

it('isNetns knows a namespace from a folder, from procfs and from nothing', async () => {
  expect(await isNetns('/proc/self/ns/net')).toBe(true)
  expect(await isNetns(`/proc/${process.pid}/ns/net`)).toBe(true)
  expect(await isNetns(folder)).toBe(false)
  expect(await isNetns('/proc/self/status')).toBe(false)
  expect(await isNetns(join(folder, 'missing'))).toBe(false)
})

it('isNetns knows a namespace of another kind, by a link to it as well', async () => {
  for (const [kind, expected] of [
    ['net', true],
    ['mnt', false],
    ['uts', false],
  ] as const) {
    const path = `/proc/self/ns/${kind}`
    symlinkSync(path, join(folder, kind))
    symlinkSync(kind, join(folder, `to-${kind}`))
    const paths = [path, join(folder, kind), join(folder, `to-${kind}`)]
    expect(await Promise.all(paths.map(isNetns)), kind).toEqual(paths.map(() => expected))
  }
})

it('checkNetns says in the words of the plugins why a path is no namespace', async () => {
  await expect(checkNetns(join(folder, 'missing'))).rejects.toMatchObject({
    code: 8,
    message: `failed to open netns "${folder}/missing": failed to Statfs "${folder}/missing": no such file or directory`,
  })
  await expect(checkNetns('/proc/self/status')).rejects.toMatchObject({
    code: 8,
    message:
      'failed to open netns "/proc/self/status": unknown FS magic on "/proc/self/status": 9fa0',
  })
})

describe('as root', () => {
  beforeEach((context) => context.skip(needsRoot !== undefined, needsRoot))

  const flags = `
    const { execFileSync } = await import('node:child_process')
    const up = () => JSON.parse(execFileSync('ip', ['-j', 'link', 'show', 'lo']))[0].flags.includes('UP')`

  it('isNetns knows what a mount is a namespace of', () => {
    const commands = `mount -t tmpfs none ${folder}; cd ${folder}; touch net uts 'a b'
      for kind in net uts; do mount --bind /proc/self/ns/$kind $kind; done
      mount --bind /proc/self/ns/uts 'a b'`
    const program = `return Promise.all(['net', 'uts', 'a b'].map((name) => host.isNetns('${folder}/' + name)))`
    expect(inNamespace(`${commands}`, program)).toEqual([true, false, false])
  })

  it('bringLoopbackUp brings it up, and leaves it up', () => {
    const program = `${flags}
      const path = '/proc/' + process.pid + '/ns/net'
      const states = [up()]
      for (const _ of [1, 2]) { await host.bringLoopbackUp(path); states.push(up()) }
      return states`
    expect(inNamespace('', program)).toEqual([false, true, true])
  })

  it('bringLoopbackUp does so where IPv6 is off, and again after it went down', () => {
    const program = `${flags}
      await host.bringLoopbackUp('/proc/self/ns/net')
      execFileSync('ip', ['link', 'set', 'lo', 'down'])
      const down = up()
      await host.bringLoopbackUp('/proc/self/ns/net')
      return [down, up()]`
    expect(inNamespace('', program)).toEqual([false, true])
    const off = 'sysctl -qw net.ipv6.conf.all.disable_ipv6=1'
    expect(inNamespace(off, program)).toEqual([false, true])
  })

  it('bringLoopbackUp refuses a namespace of another kind', async () => {
    await expect(bringLoopbackUp('/proc/self/ns/uts')).rejects.toMatchObject({ code: 8 })
  })
})
