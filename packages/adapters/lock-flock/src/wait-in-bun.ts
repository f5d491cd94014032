import { dlopen } from 'bun:ffi'

/**
 * Waits by asking again and again: flock(2) that waits would keep the whole process waiting, its
 * own holders of the same lock too.
 */
export async function waitInBun(descriptor: number, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (libc.flock(descriptor, exclusive | nonBlocking) === 0) return true
    const left = end - performance.now()
    if (left <= 0) return false
    await Bun.sleep(Math.min(left, pauseMs))
  }
}

const longestPauseMs = 16
const exclusive = 2
const nonBlocking = 4

const { symbols: libc } = dlopen('libc.so.6', {
  flock: { args: ['i32', 'i32'], returns: 'i32' },
})
