import { type CniError, decodeError } from '@vethra/cni'

/** CniError 6 that says what is wrong with a message. */
export function malformed(what: string): CniError {
  return decodeError(`invalid DNS message: ${what}`)
}

/** A copy of octets from a start up to an end: slice() of Node's Buffer shares the memory, which a socket fills again. */
export function copyOctets(octets: Uint8Array, start = 0, end: number = octets.length): Uint8Array {
  return new Uint8Array(octets.subarray(start, end))
}
