import { writeSync } from 'node:fs'

/**
 * Writes a text to a file descriptor before it returns; false when its reader has gone. Not through `process.stdout`, which loads
 * Node's streams (10 ms of start-up under bun). A pipe that is full is waited for.
 */
export function writeAll(fd: number, text: string): boolean {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return false
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
  return true
}
