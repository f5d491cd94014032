import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { errno, fileError } from './file-error.ts'
import { defaultLimit } from './read-text.ts'

const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** A file as it was read. `stamp` changes with the file, and is empty for one that was changed just now. */
export interface StampedText {
  readonly text: string
  readonly stamp: string
}

/** The text of a file of ours; undefined when missing, empty for a FIFO, socket, folder, symbolic link, or beyond 16 MiB. Throws CniError 5. */
export function readOwn(path: string): string | undefined {
  return ifThere(path, '', (descriptor) => textIn(descriptor, fstatSync(descriptor)))
}

/** As `readOwn`, with the stamp of the file. Where that is `before`, nothing is read, and `same` comes back. */
export function readOwnAgain(path: string, before = ''): StampedText | 'same' | undefined {
  const stray: StampedText | 'same' = { text: '', stamp: '' }
  return ifThere(path, stray, (descriptor) => {
    const status = fstatSync(descriptor)
    // Of before it is read: what is written meanwhile has another.
    const stamp = stampOf(status)
    return stamp !== '' && stamp === before ? 'same' : { text: textIn(descriptor, status), stamp }
  })
}

/**
 * Returns what `work` makes of a file of ours that is open for reading; undefined where it is missing, `stray` for a symbolic
 * link, or a socket. Throws CniError 5.
 */
export function ifThere<T>(path: string, stray: T, work: (descriptor: number) => T): T | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, flags)
    return work(descriptor)
  } catch (error) {
    const code = errno(error) ?? ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'ELOOP' || code === 'ENXIO') return stray
    throw fileError('read', path, error)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function textIn(descriptor: number, status: Stats): string {
  const isFit = status.isFile() && status.size <= defaultLimit
  return isFit ? readFileSync(descriptor, 'utf8') : ''
}

// Within one tick of the kernel's clock a file can change without another time: what has just changed has no stamp.
function stampOf({ dev, ino, size, ctimeMs }: Stats): string {
  // biome-ignore lint/style/noRestrictedGlobals: the times of files are the host's.
  return Date.now() - ctimeMs < settledMs ? '' : `${dev} ${ino} ${size} ${ctimeMs}`
}

/** Many ticks, in milliseconds. */
const settledMs = 100
