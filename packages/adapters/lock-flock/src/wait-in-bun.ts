import { dlopen } from 'bun:ffi'

/** Asks again and again, ever less often: flock(2) that waits would keep the whole process waiting, holders included. */
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
