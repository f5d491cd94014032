import { CniError } from '@vethra/spec'

/** CniError 5 for a lock whose folder cannot be made or read. */
export function failed(path: string, cause: unknown): CniError {
  return new CniError({
    code: 5,
    message: `cannot make the lock ${path}.lock`,
    hint: 'Run as root, or name a folder that you own.',
    cause,
  })
}
