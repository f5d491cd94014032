import { type Dirent, readdirSync, unlinkSync } from 'node:fs'
import { type CniError, ioError, systemHint } from '@vethra/cni'

/** The CniError 5 for a system call that failed. */
export function failure(action: string, cause: unknown): CniError {
  const denied = hasCode(cause, 'EACCES') || hasCode(cause, 'EPERM')
  const hint = denied ? 'Run as root, or point dataDir at a folder you own.' : systemHint(cause)
  return ioError(`cannot ${action}`, { cause, hint })
}

/** Returns what a system call returns. Throws CniError 5 where it fails. */
export function failing<T>(action: string, call: () => T): T {
  try {
    return call()
  } catch (cause) {
    throw failure(action, cause)
  }
}

/** The names in a folder. Throws CniError 5. */
export function namesIn(folder: string): readonly string[] {
  return failing(`list ${folder}`, () => readdirSync(folder))
}

/** The entries of a folder; none where it is missing. Throws CniError 5. */
export function entriesIn(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (cause) {
    if (isMissing(cause)) return []
    throw failure(`list ${folder}`, cause)
  }
}

/** Removes a file; one that is gone is fine. Throws CniError 5. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (cause) {
    if (!isMissing(cause)) throw failure(`remove ${path}`, cause)
  }
}

/** Whether an error says that a file is gone, or that its folder is. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

/** Whether an error of node carries this code: `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
