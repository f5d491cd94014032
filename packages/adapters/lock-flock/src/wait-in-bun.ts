import { dlopen } from 'bun:ffi'

/**
 * Waits by asking again and again: flock(2) that waits would keep the whole process waiting, its
 * own holders of the same lock too.
 */
export async function waitInBun(descriptor: number, timeoutMs: number): Promise<boolean> {
  const start = Bun.nanoseconds()
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (flock(descriptor, exclusive | nonBlocking) === 0) return true
    const left = timeoutMs - (Bun.nanoseconds() - start) / 1e6
    if (left <= 0) return false
    await Bun.sleep(Math.min(left, pauseMs))
  }
}

const longestPauseMs = 16
const exclusive = 2
const nonBlocking = 4

let opened: ReturnType<typeof open> | undefined

/** flock(2). libc is opened when a lock is first asked for. */
function flock(descriptor: number, operation: number): number {
  opened ??= open()
  return opened.flock(descriptor, operation)
}

function open() {
  return dlopen('libc.so.6', { flock: { args: ['i32', 'i32'], returns: 'i32' } }).symbols
}
