import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs'
import { faultPoint } from './faults/fault-point.ts'
import { fileError } from './file-error.ts'
import { defaultLimit, readAll } from './read-text.ts'

/**
 * Gives an existing file a new text and keeps its inode, for files that are bind-mounted into
 * containers: a rename would never be seen there. True when something was written, false when the
 * text was the same. Only the octets between the first and the last difference are written, in one
 * write, and the file is never shorter than its new text. A text that gets shorter is first padded
 * with newlines to the old length and cut after, so that a kill between the two leaves empty lines.
 * A file of more than 16 MiB is not read, and gets the text whole.
 * Throws CniError 5 naming the path, also when nothing is there or when it is a symbolic link.
 */
export async function writeInPlace(path: string, text: string): Promise<boolean> {
  try {
    const { O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants
    const descriptor = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    try {
      return await rewrite(descriptor, path, Buffer.from(text))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileError('write in place', path, error)
  }
}

async function rewrite(descriptor: number, path: string, next: Buffer): Promise<boolean> {
  const { size } = fstatSync(descriptor)
  // What a container has filled its file with is not read: the text stands before it until that is cut off.
  const old = size > defaultLimit ? undefined : readAll(descriptor, path)
  if (old?.equals(next)) return false
  const known = old?.length ?? size
  const { start, octets } = old ? difference(old, padded(next, known)) : { start: 0, octets: next }
  faultPoint('write', `in place to ${path}`)
  writeAt(descriptor, octets, start)
  faultPoint('process', `has written ${path}`)
  if (known > next.length) ftruncateSync(descriptor, next.length)
  await toDisk(descriptor)
  return true
}

function padded(text: Buffer, length: number): Buffer {
  return text.length >= length
    ? text
    : Buffer.concat([text, Buffer.alloc(length - text.length, '\n')])
}

/** The part of `next`, at least as long as `old`, that differs from it. */
function difference(old: Buffer, next: Buffer): { start: number; octets: Buffer } {
  let start = 0
  while (start < old.length && old[start] === next[start]) start += 1
  let end = next.length
  if (end === old.length) while (end > start && old[end - 1] === next[end - 1]) end -= 1
  return { start, octets: next.subarray(start, end) }
}

function writeAt(descriptor: number, octets: Buffer, position: number): void {
  let done = 0
  while (done < octets.length) {
    const left = octets.length - done
    done += writeSync(descriptor, octets, done, left, position + done)
  }
}

function toDisk(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) =>
    fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error))),
  )
}
