import { dlopen } from 'bun:ffi'

/**
 * Waits by asking again and again: flock(2) that waits would keep the whole process waiting, its
 * own holders of the same lock too. After a long wait it asks seldom: a hundred that wait would take milliseconds of
 * the processor each from the one that holds the lock.
 */
export async function waitInBun(descriptor: number, timeoutMs: number): Promise<boolean> {
  const begin = performance.now()
  while (libc.flock(descriptor, exclusive | nonBlocking) !== 0) {
    const waited = performance.now() - begin
    if (waited >= timeoutMs) return false
    const pause = Math.min(Math.max(waited / 4, shortestPauseMs), longestPauseMs)
    await Bun.sleep(Math.min(pause, timeoutMs - waited))
  }
  return true
}

const shortestPauseMs = 1
const longestPauseMs = 32
const exclusive = 2
const nonBlocking = 4

const { symbols: libc } = dlopen('libc.so.6', {
  flock: { args: ['i32', 'i32'], returns: 'i32' },
})
