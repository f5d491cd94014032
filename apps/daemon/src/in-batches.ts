import { scheduler } from 'node:timers/promises'

/**
 * Shared work, by key. A run begins when the one before is done; all who asked before it began get
 * its outcome. No answer is older than its question, and a crowd of readers costs as much as two.
 */
export function inBatches<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Promise<T>>()
  return (key, work) => {
    const joined = waiting.get(key)
    if (joined !== undefined) return joined
    const before = running.get(key) ?? Promise.resolve()
    const batch = before
      .catch(() => undefined)
      // Files are read without a pause: requests that have arrived meanwhile are heard here.
      .then(() => scheduler.yield())
      .then(() => {
        waiting.delete(key)
        running.set(key, batch)
        return work()
      })
      .finally(() => {
        if (running.get(key) === batch) running.delete(key)
      })
    waiting.set(key, batch)
    return batch
  }
}
