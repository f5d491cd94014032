import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { stat } from 'node:fs/promises'
import { type CniError, ioError, systemHint } from '@vethra/cni'
import { lock } from 'proper-lockfile'
import { type Rmdir, removeStale } from './remove-stale.ts'

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
