import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { errno, type StampedText } from '@vethra/files'
import type { ReadOctets } from './octet-reader.ts'

/** Reads a hosts file without a lock, a character for each octet, with its stamp; undefined when missing, unreadable or beyond `limit`. */
export function readHosts(path: string, limit: number, read: ReadOctets): StampedText | undefined {
  try {
    const descriptor = openHosts(path, constants.O_RDONLY)
    if (descriptor === undefined) return undefined
    try {
      const stamp = stampOf(descriptor)
      const { size } = fstatSync(descriptor)
      return stamp === undefined || size > limit
        ? undefined
        : { stamp, text: read(descriptor, size) }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    // `updateHostsFile` opens it again where it is to be written, and reports why it cannot.
    if (errno(error) === undefined) throw error
    return undefined
  }
}

/** The stamp of a hosts file (`stampOf`); undefined when there is none. */
export function stampAt(path: string): string | undefined {
  const descriptor = openHosts(path, constants.O_RDONLY)
  if (descriptor === undefined) return undefined
  try {
    return stampOf(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a hosts file; undefined when there is none. A FIFO is not waited for, and no link followed. */
export function openHosts(path: string, mode: number): number | undefined {
  const { O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    return openSync(path, mode | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The inode, size and times of an open file; undefined when it is no regular one. A write changes ctime, which only the kernel sets. */
export function stampOf(descriptor: number): string | undefined {
  const status = fstatSync(descriptor, { bigint: true })
  return status.isFile() ? `${status.ino} ${status.size} ${status.ctimeNs}` : undefined
}
