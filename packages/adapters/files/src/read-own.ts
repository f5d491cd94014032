import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs'
import { CniError } from '@vethra/cni'
import { errno, fileError } from './file-error.ts'
import { readAll } from './read-text.ts'

const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/** A file as it was read. `stamp` changes with the file, and is empty for one that was changed just now. */
export interface StampedText {
  readonly text: string
  readonly stamp: string
}

/**
 * The text of a file that our own programs write; undefined when it is missing. A FIFO, a socket, a
 * folder, a symbolic link or more than 16 MiB is read as empty. So a stray file counts as a damaged
 * one. Throws CniError 5 where the system refuses to read.
 */
export function readOwn(path: string): string | undefined {
  return readStamped(path)?.text
}

/** As `readOwn`, with the stamp of the file. Where that is `before`, nothing is read, and `same` comes back. */
export function readOwnAgain(path: string, before = ''): StampedText | 'same' | undefined {
  if (before !== '') {
    const there = lstatSync(path, { throwIfNoEntry: false })
    if (there && stampOf(there) === before) return 'same'
  }
  return readStamped(path)
}

function readStamped(path: string): StampedText | undefined {
  let stamp = ''
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    const descriptor = openSync(path, flags)
    try {
      stamp = stampOf(fstatSync(descriptor))
      return { text: readAll(descriptor, path).toString(), stamp }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (error instanceof CniError) return { text: '', stamp }
    const code = errno(error) ?? ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'ELOOP' || code === 'ENXIO') return { text: '', stamp: '' }
    throw fileError('read', path, error)
  }
}

// Within one tick of the kernel's clock a file can change without another time: what has just changed has no stamp.
function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  // biome-ignore lint/style/noRestrictedGlobals: the times of files are the host's.
  return Date.now() - ctimeMs < settledMs ? '' : [dev, ino, size, mtimeMs, ctimeMs].join(' ')
}

/** Many ticks, in milliseconds. */
const settledMs = 100
