import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { mkdir, rmdir, stat } from 'node:fs/promises'
import { type CniError, ioError, systemHint } from '@vethra/cni'
import { lock } from 'proper-lockfile'

/** A lock that is ours. */
export interface Held {
  /** Gives it back. An error when it was not ours any more: nothing is removed then. */
  release(): Promise<Error | undefined>
}

/** Takes the lock; returns an error when another process has it. Throws CniError 5. */
export async function tryToHold(path: string, staleMs: number): Promise<Held | Error> {
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

/** CniError 5 for a lock whose folder cannot be made or read. */
export function failed(path: string, cause: unknown): CniError {
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
  if (!(await made(guard))) {
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
  try {
    const { mtimeMs } = await stat(path)
    // biome-ignore lint/style/noRestrictedGlobals: holders stamp their lock by this clock
    return Date.now() - mtimeMs > staleMs
  } catch (error) {
    return no('ENOENT', error)
  }
}

async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    return no('EEXIST', error)
  }
}

async function removed(path: string): Promise<boolean> {
  try {
    await rmdir(path)
    return true
  } catch (error) {
    return no('ENOENT', error)
  }
}

function no(code: string, error: unknown): false {
  if ((error as { code?: unknown }).code === code) return false
  throw error
}

function busy(): Error {
  return Object.assign(new Error('another process removes the stale lock'), { code: 'ELOCKED' })
}
