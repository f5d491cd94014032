import { readSync } from 'node:fs'
import { CniError } from '@vethra/cni'

/** The largest standard input that is read, in octets: 64 MiB. */
const limit = 64 * 1024 * 1024

/** The text of everything that an open file still gives. Throws CniError 5 when that is more than `most` octets, 64 MiB by default. */
export function readInput(descriptor: number, most: number = limit): string {
  let buffer = Buffer.allocUnsafe(65_536)
  let length = 0
  while (length <= most) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length)
    const octets = readSync(descriptor, buffer, length, buffer.length - length, null)
    if (octets === 0) return buffer.toString('utf8', 0, length)
    length += octets
  }
  throw new CniError({ code: 5, message: `standard input is larger than ${most} octets` })
}
