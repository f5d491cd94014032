import { CniError } from '@vethra/cni'

/** CniError 6 that says what is wrong with a message. */
export function malformed(what: string): CniError {
  return new CniError({ code: 6, message: `invalid DNS message: ${what}` })
}
