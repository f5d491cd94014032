import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import fs from 'node:fs'
import { mkdir, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CniError, ioError, systemHint } from '@vethra/cni'
import type { Lock } from '@vethra/world'
import { lock } from 'proper-lockfile'

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

interface Held {
  /** Gives it back. An error when it was not ours any more: nothing is removed then. */
  release(): Promise<Error | undefined>
}

async function tryToHold(path: string, staleMs: number): Promise<Held | Error> {
  const lockfilePath = `${path}.lock`
  let rmdir = removeStale(staleMs)
  let loss: Error | undefined
  try {
    // proper-lockfile keeps its locks by their name: under one name for all, who lost a lock would
    // give back that of the next holder in this process.
    const release = await lock(`${path}#${randomUUID()}`, {
      lockfilePath,
      realpath: false,
      stale: staleMs,
      fs: { ...fs, rmdir: (...args: Parameters<Rmdir>) => rmdir(...args) },
      onCompromised: (error) => {
        loss = error
      },
    })
    const ours = await identity(lockfilePath)
    return {
      async release() {
        const intact = (await identity(lockfilePath)) === ours
        rmdir = intact ? fs.rmdir : (_, done) => done(null)
        if (loss === undefined) await release()
        return loss ?? (intact ? undefined : new Error('another process took it in the meantime'))
      },
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ELOCKED') return error as Error
    throw failed(path, error)
  }
}

function failed(path: string, cause: unknown): CniError {
  return ioError(`cannot make the lock ${path}.lock`, { cause, hint: systemHint(cause) })
}

/** The identity of a folder: its successor may get the same inode number. Empty when it is gone. */
async function identity(folder: string): Promise<string> {
  try {
    const { ino, birthtimeNs } = await stat(folder, { bigint: true })
    return `${ino}:${birthtimeNs}`
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return ''
    throw error
  }
}

type Rmdir = (path: string, done: (error: Error | null) => void) => void

// Removes a lock that proper-lockfile found stale. Only the maker of the folder `LOCK.stale` may, and looks again;
// others get `ELOCKED`.
function removeStale(staleMs: number): Rmdir {
  return (path, done) => {
    removeGuarded(path, staleMs).then((removed) => done(removed ? null : busy()), done)
  }
}

async function removeGuarded(path: string, staleMs: number): Promise<boolean> {
  const guard = `${path}.stale`
  if (
    !(await unless(
      'EEXIST',
      mkdir(guard).then(() => true),
    ))
  ) {
    // Its maker was killed in those few system calls.
    if (await isStale(guard, staleMs)) await removed(guard)
    return false
  }
  try {
    return (await isStale(path, staleMs)) && (await removed(path))
  } finally {
    await removed(guard)
  }
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  // biome-ignore lint/style/noRestrictedGlobals: holders stamp their lock by this clock
  const isOld = ({ mtimeMs }: Stats) => Date.now() - mtimeMs > staleMs
  return unless('ENOENT', stat(path).then(isOld))
}

async function removed(path: string): Promise<boolean> {
  return unless(
    'ENOENT',
    rmdir(path).then(() => true),
  )
}

// False where the work fails with that code.
async function unless(code: string, work: Promise<boolean>): Promise<boolean> {
  return work.catch((error: { readonly code?: unknown }) => {
    if (error.code === code) return false
    throw error
  })
}

function busy(): Error {
  return Object.assign(new Error('another process removes the stale lock'), { code: 'ELOCKED' })
}
