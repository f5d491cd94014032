import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describeLock, holdersElsewhere, type Program } from '@vethra/world-kit'
import { beforeEach, describe, expect, it } from 'vitest'
import { dirLock } from './index.ts'

const spawned = ([command, ...args]: Program) =>
  spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })

/** This runtime, running a program that holds the lock at its last argument. */
function holding(path: string): readonly [string, ...string[]] {
  const program = `
    import { dirLock } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    setInterval(() => {}, 1000)
    await dirLock({ staleMs: 4000 }).hold(process.argv.at(-1), () => {
      process.stdout.write('held\\n')
      return new Promise(() => {})
    })`
  return [process.execPath, '--input-type=module-typescript', '-e', program, path]
}

describeLock('dirLock', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dir-'))
  const path = join(folder, 'missing', 'lock')
  const processes = holdersElsewhere(spawned)
  return {
    lock: dirLock({ staleMs: 4_000 }),
    impatient: dirLock({ timeoutMs: 300, staleMs: 4_000 }),
    path,
    boundMs: 4_900,
    stoppedHolder: 'loses',
    holdElsewhere: () => processes.start(holding(path)),
    now: () => performance.now(),
    pause: (milliseconds) => setTimeout(milliseconds),
    async close() {
      await processes.close()
    },
  }
})

describe('dirLock', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dir-'))
    path = join(folder, 'lock')
  })

  it('lets one at a time in when many find the same stale lock', async () => {
    const lock = dirLock({ staleMs: 4_000 })
    let inside = 0
    let most = 0
    const enter = async () => {
      inside += 1
      most = Math.max(most, inside)
      await setTimeout(5)
      inside -= 1
    }
    for (let round = 0; round < 8; round += 1) {
      leaveStale(`${path}.lock`)
      await Promise.all(Array.from({ length: 8 }, () => lock.hold(path, enter)))
    }
    expect(most).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })

  it('survives a kill in the middle of the removal of a stale lock', async () => {
    leaveStale(`${path}.lock`)
    leaveStale(`${path}.lock.stale`)
    expect(await dirLock({ timeoutMs: 30_000, staleMs: 4_000 }).hold(path, async () => 'in')).toBe(
      'in',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('says so when the lock was lost, and leaves that of the next holder', async () => {
    const lock = dirLock({ staleMs: 4_000 })
    const outcome = lock.hold(path, async () => {
      rmSync(`${path}.lock`, { recursive: true })
      mkdirSync(`${path}.lock`)
    })
    await expect(outcome).rejects.toMatchObject({
      code: 105,
      message: `lost the lock ${path} while working`,
    })
    expect(readdirSync(folder)).toEqual(['lock.lock'])
  })

  it('throws CniError 5 for a path that cannot be', async () => {
    writeFileSync(path, '')
    await expect(dirLock().hold(join(path, 'below'), async () => 'in')).rejects.toMatchObject({
      code: 5,
    })
  })
})

function leaveStale(folder: string): void {
  mkdirSync(folder)
  utimesSync(folder, 1, 1)
}
