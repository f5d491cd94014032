import { writeSync } from 'node:fs'

/** Standard output, which may take no more: a full disk, a reader that has gone. */
interface Output {
  /** Writes a text, unless one before was lost; of one that is lost, `done` says what it would have told to be done. */
  write(text: string, done?: string): void
  /** Whether a text was lost. */
  isLost(): boolean
  /** The output that was lost to a fault; undefined where none was, or the reader has closed its end. */
  lost(): LostOutput | undefined
}

/** Output that could not be written. */
export interface LostOutput {
  readonly fault: unknown
  /** The messages of work that is done all the same. */
  readonly done: readonly string[]
}

/** Opens a descriptor as standard output. Nothing is thrown: what a command does must not end halfway for what it prints. */
export function openOutput(descriptor: number): Output {
  let lost = false
  let fault: unknown
  const done: string[] = []
  return {
    write(text, what) {
      try {
        if (!lost) lost = !writeAll(descriptor, text)
      } catch (error) {
        lost = true
        fault = error
      }
      if (lost && what !== undefined) done.push(what)
    },
    isLost: () => lost,
    lost: () => (fault === undefined ? undefined : { fault, done }),
  }
}

// Before it returns; false when its reader has gone. Not through `process.stdout`, which loads Node's streams (10 ms of start-up
// under bun), nor by Buffer.from, whose first call takes 0.2 ms. A pipe that is full is waited for.
function writeAll(fd: number, text: string): boolean {
  let rest = new TextEncoder().encode(text)
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
