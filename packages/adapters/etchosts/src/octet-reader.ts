import { readSync } from 'node:fs'

/** The first octets of an open file, each as one character (latin1): offsets are right, and what is no UTF-8 survives. */
export type ReadOctets = (descriptor: number, size: number) => string

/** A ReadOctets that uses its memory again: a thousand files of a hundred kilobytes each would be collected otherwise. */
export function octetReader(): ReadOctets {
  let buffer = Buffer.alloc(0)
  return (descriptor, size) => {
    if (buffer.length < size) buffer = Buffer.allocUnsafe(2 * size)
    let length = 0
    while (length < size) {
      const count = readSync(descriptor, buffer, length, size - length, length)
      if (count === 0) break
      length += count
    }
    return buffer.toString('latin1', 0, length)
  }
}
