import { appendFileSync, closeSync, constants, openSync } from 'node:fs'
import { faultPoint } from './faults/fault-point.ts'
import { fileError } from './file-error.ts'
import type { WriteOptions } from './write-whole.ts'

/** Appends text in one write; makes a missing file with `mode`. Not flushed: for logs. Throws CniError 5, for a symbolic link too. */
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
