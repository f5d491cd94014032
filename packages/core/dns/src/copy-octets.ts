/**
 * A copy of octets from a start up to an end. Not by their own slice(): that of Node's Buffer is the same memory, which
 * whoever received them into it uses again.
 */
export function copyOctets(octets: Uint8Array, start = 0, end: number = octets.length): Uint8Array {
  return new Uint8Array(octets.subarray(start, end))
}
