import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lifeOf, type SeenNamespace } from '@vethra/cni'
import { beforeAll, describe, expect, it } from 'vitest'
import { needsRoot } from '../test/in-namespace.ts'
import { namespaceFacts } from './index.ts'

const isBun = process.versions['bun'] !== undefined
const { look, interfaceIn } = namespaceFacts()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vethra-look-'))
})

describe('look', () => {
  it('tells boot, place, inode, and the cookie where the runtime can ask for it', async () => {
    const { dev, ino } = await stat('/proc/self/ns/net')
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    expect(await look(`/proc/${process.pid}/ns/net`)).toEqual({
      found: 'namespace',
      netnsId: `${dev}:${ino}`,
      bootId,
      place: await readlink('/proc/self/ns/pid'),
      startTime: expect.stringMatching(/^\d+$/),
      ...(isBun ? { cookie: expect.stringMatching(/^[1-9]\d*$/) } : {}),
    })
  })

  it('tells the folder that a path is in, though nothing is there', async () => {
    const { dev, ino } = await stat(folder)
    const path = join(folder, 'nothing')
    expect(await look(path)).toMatchObject({ found: 'missing', place: `${dev}:${ino}` })
    expect((await look(join(path, 'below'))).place).toBeUndefined()
  })

  it('takes nothing for missing that is there and no namespace', async () => {
    const [file, link] = [join(folder, 'file'), join(folder, 'link')]
    await writeFile(file, '')
    await symlink('/proc/1/nowhere', link)
    for (const path of ['', file, link, '/etc/passwd', join(file, 'below')]) {
      expect(await look(path), path).toMatchObject({ found: 'unreadable', netnsId: '' })
    }
  })

  it('a process that has ended is missing, also while nobody has waited for it', async () => {
    const child = spawn('cat')
    const seen = await look(`/proc/${child.pid}/ns/net`)
    child.stdin.end()
    await once(child, 'exit')
    const later = await look(`/proc/${child.pid}/ns/net`)
    expect(later).toMatchObject({ found: 'missing', netnsId: '' })
    expect(lifeOf(seen, later)).toBe('gone')
  })
})

describe.skipIf(needsRoot !== undefined)('two namespaces', () => {
  const inside = async (): Promise<readonly [ChildProcess, string]> => {
    const child = spawn('unshare', [
      '-n',
      'sh',
      '-c',
      'ip link add eth0 type bridge; echo; exec cat',
    ])
    await once(child.stdout, 'data')
    return [child, `/proc/${child.pid}/ns/net`]
  }
  const end = async (child: ChildProcess) => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  it('one after the other differ by more than what can be used again', async () => {
    const seen: SeenNamespace[] = []
    for (let round = 0; round < 3; round += 1) {
      const [child, path] = await inside()
      seen.push(await look(path))
      await end(child)
    }
    // As they were seen by a path such as /run/netns/x.
    const named = seen.map(({ startTime: _, ...each }) => ({ ...each, place: '24:2' }))
    const lives = named.flatMap((a) =>
      named.filter((b) => b !== a).map((b) => lifeOf({ ...a, netnsId: b.netnsId }, b)),
    )
    expect(new Set(lives)).toEqual(new Set(isBun ? ['gone'] : ['unknown']))
    expect(new Set(seen.map(({ cookie }) => cookie)).size).toBe(isBun ? 3 : 1)
  })

  it.skipIf(!isBun)('the interface inside is read with the cookie of where it is', async () => {
    const [child, path] = await inside()
    const { cookie } = await look(path)
    expect(await interfaceIn(path, 'eth0')).toEqual({
      cookie,
      mac: expect.stringMatching(/^..(:..){5}$/),
      addresses: [],
    })
    expect(await interfaceIn(path, 'eth1')).toBeUndefined()
    await end(child)
  })
})
