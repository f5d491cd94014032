import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CniError } from '@vethra/spec'
import { errno, fileError } from './file-error.ts'

/** 16 MiB. */
const defaultLimit = 16 * 1024 * 1024

/**
 * The text of a regular file, symbolic links followed; undefined when there is none. Octets that
 * are not UTF-8 become U+FFFD. Throws CniError 5 naming the path when it is no regular file (a FIFO
 * does not keep us waiting), larger than `limit` octets (16 MiB by default), or unreadable.
 */
export async function readText(path: string, limit?: number): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK, opening a FIFO waits for somebody to write to it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return (await readAll(handle, path, limit)).toString('utf8')
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw fileError('read', path, error)
  }
}

/** Everything in an open file, under the conditions of readText. */
export async function readAll(
  handle: FileHandle,
  path: string,
  limit: number = defaultLimit,
): Promise<Buffer> {
  const status = await handle.stat()
  if (!status.isFile()) throw unfit(path, 'it is not a regular file')
  const pieces: Buffer[] = []
  let length = 0
  // Files of /proc say size 0 and have text all the same, so the end is where a read finds nothing.
  while (length <= limit) {
    const piece = Buffer.allocUnsafe(Math.max(4096, Math.min(status.size, limit) - length + 1))
    const { bytesRead } = await handle.read(piece, 0, piece.length, length)
    if (bytesRead === 0) return Buffer.concat(pieces)
    pieces.push(piece.subarray(0, bytesRead))
    length += bytesRead
  }
  throw unfit(path, `it is larger than ${limit} octets`)
}

function unfit(path: string, fault: string): CniError {
  return new CniError({
    code: 5,
    message: `cannot read ${path}: ${fault}`,
    hint: 'Replace it by a regular file of a sensible size, or remove it.',
  })
}
