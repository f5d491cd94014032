import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { CniError } from '@vethra/spec'
import { errno, fileError } from './file-error.ts'

/** 16 MiB. */
const defaultLimit = 16 * 1024 * 1024

// Not by Buffer, whose first use costs a start 0.3 ms. A mark at the beginning is text, as it is for Buffer.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The text of a regular file, symbolic links followed; undefined when there is none. Octets that
 * are not UTF-8 become U+FFFD. Throws CniError 5 naming the path when it is no regular file (a FIFO
 * does not keep us waiting), larger than `limit` octets (16 MiB by default), or unreadable.
 */
export async function readText(path: string, limit?: number): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK, opening a FIFO waits for somebody to write to it. At once and not by a thread:
    // waking one takes longer than reading.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return decode(readAll(descriptor, path, limit))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw fileError('read', path, error)
  }
}

/** The text of octets; those that are not UTF-8 become U+FFFD. */
export function decode(octets: Uint8Array): string {
  return decoder.decode(octets)
}

/** Everything in an open file, under the conditions of readText. */
export function readAll(
  descriptor: number,
  path: string,
  limit: number = defaultLimit,
): Uint8Array {
  const status = fstatSync(descriptor)
  if (!status.isFile()) throw unfit(path, 'it is not a regular file')
  const pieces: Uint8Array[] = []
  let length = 0
  // Files of /proc say size 0 and have text all the same, so the end is where a read finds nothing.
  while (length <= limit) {
    const piece = new Uint8Array(Math.max(4096, Math.min(status.size, limit) - length + 1))
    const bytesRead = readSync(descriptor, piece, 0, piece.length, length)
    if (bytesRead === 0) return joined(pieces, length)
    pieces.push(piece.subarray(0, bytesRead))
    length += bytesRead
  }
  throw unfit(path, `it is larger than ${limit} octets`)
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const all = new Uint8Array(length)
  let place = 0
  for (const piece of pieces) {
    all.set(piece, place)
    place += piece.length
  }
  return all
}

function unfit(path: string, fault: string): CniError {
  return new CniError({
    code: 5,
    message: `cannot read ${path}: ${fault}`,
    hint: 'Replace it by a regular file of a sensible size, or remove it.',
  })
}
