import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  describeLock,
  type HoldersElsewhere,
  holdersElsewhere,
  type Program,
} from '@vethra/world-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FlockLockOptions, flockLock } from './index.ts'

const spawned = ([command, ...args]: Program) =>
  spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })

/** This runtime, running a program that holds the lock at its last argument. */
function holding(path: string, options: FlockLockOptions): readonly [string, ...string[]] {
  const program = `
    import { flockLock } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    setInterval(() => {}, 1000)
    await flockLock(${JSON.stringify(options)}).hold(process.argv.at(-1), () => {
      process.stdout.write('held\\n')
      return new Promise(() => {})
    })`
  const flags = 'bun' in process.versions ? [] : ['--input-type=module-typescript']
  return [process.execPath, ...flags, '-e', program, path]
}

const goProgram = (path: string): readonly [string, ...string[]] => [
  'flock',
  '--no-fork',
  path,
  'sh',
  '-c',
  'echo held; exec sleep 1000',
]

const kinds: [string, (folder: string) => FlockLockOptions][] = [
  ['flockLock', () => ({})],
  ['flockLock that removes its files', (folder) => ({ removeBelow: folder })],
]
for (const [name, optionsFor] of kinds) {
  describeLock(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flock-'))
    const path = join(folder, 'missing', 'lock')
    const processes = holdersElsewhere(spawned)
    const options = optionsFor(folder)
    return {
      lock: flockLock(options),
      impatient: flockLock({ ...options, timeoutMs: 300 }),
      path,
      boundMs: 500,
      stoppedHolder: 'keeps',
      holdElsewhere: () => processes.start(holding(path, options)),
      now: () => performance.now(),
      pause: (milliseconds) => setTimeout(milliseconds),
      async close() {
        await processes.close()
      },
    }
  })
}

describe('flockLock', () => {
  let folder: string
  let path: string
  let processes: HoldersElsewhere
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flock-'))
    path = join(folder, 'lock')
    processes = holdersElsewhere(spawned)
  })
  afterEach(async () => {
    await processes.close()
  })

  it('makes a missing file 0600 and its folders 0700, and leaves the file', async () => {
    await flockLock().hold(join(folder, 'a', 'b', 'lock'), async () => undefined)
    const mode = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)
    expect([mode('a'), mode('a/b'), mode('a/b/lock')]).toEqual(['700', '700', '600'])
  })

  it('removes the files below the folder that is its own, and no others', async () => {
    const lock = flockLock({ removeBelow: join(folder, 'own') })
    for (const name of ['own/lock', 'other']) {
      await lock.hold(join(folder, name), async () => undefined)
    }
    expect([existsSync(join(folder, 'own/lock')), existsSync(join(folder, 'other'))]).toEqual([
      false,
      true,
    ])
  })

  it('is a folder that somebody made in the place of its file, and leaves that where it is', async () => {
    mkdirSync(path)
    const lock = flockLock({ removeBelow: folder })
    expect(await lock.hold(path, async () => 'in')).toBe('in')
    expect(existsSync(path)).toBe(true)
  })

  it('is what flock(1) sees on the file and on a folder', async () => {
    mkdirSync(join(folder, 'names'))
    for (const target of [path, join(folder, 'names')]) {
      const others = () => execFileSync('flock', ['--nonblock', target, 'true'])
      await flockLock().hold(target, async () => expect(others).toThrow('Command failed'))
      others()
    }
  })

  it('waits for a program that locks the folder, and names it when time is over', async () => {
    mkdirSync(join(folder, 'names'))
    const holder = await processes.start(goProgram(join(folder, 'names')))
    const outcome = flockLock({ timeoutMs: 100 }).hold(join(folder, 'names'), async () => 'in')
    await expect(outcome).rejects.toMatchObject({
      code: 105,
      message: expect.stringMatching(new RegExp(`${join(folder, 'names')}.*\\b${holder.pid}\\b`)),
    })
  })

  it('locks what is at the path when the file it waited for was removed', async () => {
    const first = await processes.start(goProgram(path))
    let entered = false
    const waiting = flockLock().hold(path, async () => {
      entered = true
    })
    await setTimeout(100)
    rmSync(path)
    const second = await processes.start(goProgram(path))
    await first.kill()
    await setTimeout(200)
    expect(entered).toBe(false)
    await second.kill()
    await waiting
    expect(entered).toBe(true)
  })

  it('tells whoever takes it after one that was killed, and nobody after one that let go', async () => {
    const options = { removeBelow: folder }
    const lock = flockLock(options)
    const isLeft = () => lock.hold(path, async (left) => left)
    expect(await isLeft()).toBe(false)
    const holder = await processes.start(holding(path, options))
    const waiting = [isLeft(), isLeft()]
    await setTimeout(300)
    await holder.kill()
    expect((await Promise.all(waiting)).toSorted()).toEqual([false, true])
    expect(await isLeft()).toBe(false)
    await writeFileSync(join(folder, 'kept'), '')
    expect(await flockLock().hold(join(folder, 'kept'), async (left) => left)).toBe(false)
  })

  it('lets timers run while it waits', async () => {
    const holder = await processes.start(goProgram(path))
    const waiting = flockLock().hold(path, async () => 'in')
    await setTimeout(50)
    await holder.kill()
    expect(await waiting).toBe('in')
  })

  it('is not inherited by a program that the work starts', async () => {
    const child = await flockLock().hold(path, async () => spawn('sleep', ['1000']))
    await flockLock({ timeoutMs: 30_000 }).hold(path, async () => undefined)
    child.kill('SIGKILL')
    await once(child, 'exit')
  })

  it('is not taken by one who was killed while it waited', async () => {
    const holder = await processes.start(goProgram(path))
    const [command, ...args] = holding(path, {})
    const waiter = spawn(command, args)
    await setTimeout(500)
    waiter.kill('SIGKILL')
    await once(waiter, 'exit')
    await holder.kill()
    expect(await flockLock({ timeoutMs: 30_000 }).hold(path, async () => 'in')).toBe('in')
  })

  it('throws CniError 5 for a path that cannot be', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(
      flockLock().hold(join(folder, 'file', 'lock'), async () => undefined),
    ).rejects.toMatchObject({ code: 5 })
    expect(existsSync(join(folder, 'file', 'lock'))).toBe(false)
  })
})
