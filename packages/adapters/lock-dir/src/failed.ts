import { type CniError, ioError, systemHint } from '@vethra/cni'

/** CniError 5 for a lock whose folder cannot be made or read. */
export function failed(path: string, cause: unknown): CniError {
  const hint = systemHint(cause)
  return ioError(`cannot make the lock ${path}.lock`, { cause, hint })
}
