import { CniError, ioError, systemHint } from '@vethra/cni'

/** CniError 5 for an action on a path: `cannot write /x/y`, the system's error as its cause, its usual hint. A CniError is kept. */
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
