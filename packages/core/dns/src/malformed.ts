import { type CniError, decodeError } from '@vethra/cni'

/** CniError 6 that says what is wrong with a message. */
export function malformed(what: string): CniError {
  return decodeError(`invalid DNS message: ${what}`)
}
