import { CniError, systemHint } from '@vethra/cni'

/** The CniError 5 for a system call that failed. */
export function failure(action: string, cause: unknown): CniError {
  const denied = hasCode(cause, 'EACCES') || hasCode(cause, 'EPERM')
  const hint = denied ? 'Run as root, or point dataDir at a folder you own.' : systemHint(cause)
  return new CniError({
    code: 5,
    message: `cannot ${action}`,
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Whether an error says that a file is gone, or that its folder is. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

/** Whether an error of node carries this code: `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
