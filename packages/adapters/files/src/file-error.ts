import { CniError, ioError, systemHint } from '@vethra/cni'

/**
 * CniError 5 for an action on a path that failed: `cannot write /x/y`, with the system's error as
 * its cause and a hint where the error has a usual way out. A CniError is handed back as it is.
 */
export function fileError(action: string, path: string, cause: unknown): CniError {
  if (cause instanceof CniError) return cause
  const hint = systemHint(cause)
  return ioError(`cannot ${action} ${path}`, { cause, hint })
}

/** The name that the system gave its error, `ENOENT` for one. Undefined for any other error. */
export function errno(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
