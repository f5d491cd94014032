import { mkdir, rmdir, stat } from 'node:fs/promises'

/** As `rmdir` of node:fs. */
export type Rmdir = (path: string, done: (error: Error | null) => void) => void

/** Removes a lock that proper-lockfile found stale. Only the maker of the folder `LOCK.stale` may, and looks again; others get `ELOCKED`. */
export function removeStale(staleMs: number): Rmdir {
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
