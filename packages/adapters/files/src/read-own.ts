import { closeSync, constants, openSync } from 'node:fs'
import { CniError } from '@vethra/cni'
import { errno, fileError } from './file-error.ts'
import { readAll } from './read-text.ts'

const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

/**
 * The text of a file that our own programs write; undefined when it is missing. A FIFO, a socket, a
 * folder, a symbolic link or more than 16 MiB is read as empty. So a stray file counts as a damaged
 * one. Throws CniError 5 where the system refuses to read.
 */
export function readOwn(path: string): string | undefined {
  try {
    const descriptor = openSync(path, flags)
    try {
      return readAll(descriptor, path).toString()
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (error instanceof CniError) return ''
    const code = errno(error) ?? ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'ELOOP' || code === 'ENXIO') return ''
    throw fileError('read', path, error)
  }
}
