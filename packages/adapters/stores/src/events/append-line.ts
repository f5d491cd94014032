import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { type CniError, ioError } from '@vethra/cni'
import { errno, faultPoint } from '@vethra/files'

const { O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants

/** The outcome of a write, and whether the file is to be replaced. */
interface Appended {
  readonly outcome: 'written' | 'missing'
  readonly isFull: boolean
}

/** Adds a line in one write, after a line feed where the last was cut. Throws CniError 5 beyond `mostSize` octets, and what the system throws. */
export function appendLine(
  path: string,
  line: string,
  { fullSize, mostSize }: { readonly fullSize: number; readonly mostSize: number },
): Appended {
  const descriptor = openThere(path)
  if (descriptor === undefined) return { outcome: 'missing', isFull: false }
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw unfit(path, 'it is not a regular file')
    if (status.size >= mostSize) throw unfit(path, 'it is full, and could not be replaced')
    faultPoint('write', `to ${path}`)
    const text = isCut(descriptor, status.size) ? `\n${line}` : line
    writeSync(descriptor, text)
    return { outcome: 'written', isFull: status.size + text.length >= fullSize }
  } finally {
    closeSync(descriptor)
  }
}

// 0.1 had a folder of this name.
function openThere(path: string): number | undefined {
  try {
    return openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    const code = errno(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw error
  }
}

function isCut(descriptor: number, size: number): boolean {
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last[0] !== 10
}

function unfit(path: string, fault: string): CniError {
  return ioError(`cannot append to ${path}: ${fault}`, `Remove it: rm -r ${path}`)
}
