import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { type CniError, ioError, onCniError } from '@vethra/cni'
import { errno, fileError } from './file-error.ts'

/** The largest file that is read, in bytes: 16 MiB. */
export const defaultLimit: number = 16 * 1024 * 1024

/** A regular file's text, U+FFFD for octets that are not UTF-8; undefined when missing. Throws CniError 5 beyond `limit` (16 MiB) or for no file. */
export async function readText(path: string, limit?: number): Promise<string | undefined> {
  try {
    // A start asks for a dozen files that are missing: an error of each takes longer than reading it.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    // Without O_NONBLOCK, opening a FIFO waits for somebody to write to it. At once and not by a thread:
    // waking one takes longer than reading.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return readAll(descriptor, path, limit).toString()
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw fileError('read', path, error)
  }
}

/** As `readText`; undefined, too, for a file that cannot be read. */
export function readTextIfReadable(path: string, limit?: number): Promise<string | undefined> {
  return readText(path, limit).catch(onCniError(() => undefined))
}

/** Everything in an open file, under the conditions of readText. */
export function readAll(descriptor: number, path: string, limit: number = defaultLimit): Buffer {
  const status = fstatSync(descriptor)
  if (!status.isFile()) throw unfit(path, 'it is not a regular file')
  // Files of /proc say size 0 and have text all the same, so their end is where a read finds nothing.
  let buffer = Buffer.allocUnsafe(Math.min(status.size || 4096, limit) + 1)
  for (let length = 0; length <= limit; ) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length)
    const bytesRead = readSync(descriptor, buffer, length, buffer.length - length, length)
    length += bytesRead
    const isWhole = bytesRead === 0 || length === status.size
    if (isWhole && length <= limit) return buffer.subarray(0, length)
  }
  throw unfit(path, `it is larger than ${limit} octets`)
}

function unfit(path: string, fault: string): CniError {
  return ioError(
    `cannot read ${path}: ${fault}`,
    'Replace it by a regular file of a sensible size, or remove it.',
  )
}
