import { CniError } from './cni-error.ts'

/** What `work` returns, or `otherwise` where it throws CniError. Any other error is a bug, and passes. */
export function orElse<T, U>(work: () => T, otherwise: U): T | U {
  try {
    return work()
  } catch (error) {
    return onCniError(() => otherwise)(error)
  }
}

/** A handler for `catch` that makes something of a CniError. Any other error is a bug, and passes. */
export function onCniError<U>(otherwise: (error: CniError) => U): (error: unknown) => U {
  return (error) => {
    if (error instanceof CniError) return otherwise(error)
    throw error
  }
}
