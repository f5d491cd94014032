import { appendFileSync, closeSync, constants, openSync } from 'node:fs'
import { faultPoint } from './faults/fault-point.ts'
import { fileError } from './file-error.ts'
import type { WriteOptions } from './write-whole.ts'

/**
 * Adds text to the end of a file in one write, and makes the file when it is missing; `mode` counts
 * then. Not flushed to disk: for logs. Throws CniError 5, also when the path is a symbolic link.
 */
export async function appendText(path: string, text: string, options: WriteOptions): Promise<void> {
  try {
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
    faultPoint('write', `to ${path}`)
    const descriptor = openSync(path, flags, options.mode)
    try {
      appendFileSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileError('append to', path, error)
  }
}
