import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CniError } from '@vethra/cni'
import type { Lock } from '@vethra/world'
import { failed, type Held, tryToHold } from './try-to-hold.ts'

/** Options of `dirLock`. */
export interface DirLockOptions {
  /** How long `hold` waits for the lock, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number
  /** The milliseconds without a sign of life, or of a busy event loop, after which a holder loses its lock; 2,000 at least. Default 10,000. */
  readonly staleMs?: number
}

/**
 * A `Lock` by the folder `PATH.lock`, which mkdir(2) makes once; the path itself need not exist.
 * Bound: after a kill of the holder, or when it is stopped, the next one gets the lock no later
 * than `staleMs` and half a second. A holder that lost it so finds out at the end of its work, and
 * `hold` throws CniError 105 then. Does not exclude flock(2).
 */
export function dirLock(options: DirLockOptions = {}): Lock {
  const { timeoutMs = 60_000, staleMs = 10_000 } = options
  return {
    async hold(path, work) {
      const held = await take(path, timeoutMs, staleMs)
      return await finish(path, held, work)
    },
  }
}

async function take(path: string, timeoutMs: number, staleMs: number): Promise<Held> {
  const end = performance.now() + timeoutMs
  await makeFolderOf(path)
  for (;;) {
    const outcome = await tryToHold(path, staleMs)
    if (!(outcome instanceof Error)) return outcome
    const left = end - performance.now()
    if (left <= 0)
      throw new CniError({
        code: 105,
        message: `timed out waiting for the lock ${path}`,
        hint: 'Wait for the process that holds it, or end it.',
        cause: outcome,
      })
    await setTimeout(Math.min(left, pauseMs))
  }
}

const pauseMs = 25

async function finish<T>(path: string, held: Held, work: () => Promise<T>): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (error) {
    await held.release()
    throw error
  }
  const loss = await held.release()
  if (loss !== undefined)
    throw new CniError({
      code: 105,
      message: `lost the lock ${path} while working`,
      hint: 'Check what was being changed, and try again.',
      cause: loss,
    })
  return result
}

async function makeFolderOf(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw failed(path, error)
  }
}
