import { CniError } from './cni-error.ts'

/** Returns what `work` returns, or `otherwise` where that throws CniError. Any other error is a bug, and passes. */
export function orElse<T, U>(work: () => T, otherwise: U): T | U {
  return attempt(work, () => otherwise)
}

/** Returns what `work` returns, or what `otherwise` makes of its CniError. Any other error is a bug, and passes. */
export function attempt<T, U>(work: () => T, otherwise: (error: CniError) => U): T | U {
  try {
    return work()
  } catch (error) {
    return onCniError(otherwise)(error)
  }
}

/** A handler for `catch` that makes something of a CniError. Any other error is a bug, and passes. */
export function onCniError<U>(otherwise: (error: CniError) => U): (error: unknown) => U {
  return (error) => {
    if (error instanceof CniError) return otherwise(error)
    throw error
  }
}

/** Whether a check passes: not where it throws CniError. */
export function passes(check: () => void): boolean {
  return orElse(() => {
    check()
    return true
  }, false)
}
