import { scheduler } from 'node:timers/promises'

// Read at once and not by threads: waking one takes longer than reading a file.
const atOnce = 64

/** Maps a list by work that does not wait, such as reading a file; all else gets its turn after every 64 of them. */
export async function mapInTurns<T, U>(
  list: readonly T[],
  work: (each: T) => U,
): Promise<readonly U[]> {
  const mapped: U[] = []
  for (let start = 0; start < list.length; start += atOnce) {
    if (start > 0) await scheduler.yield()
    for (const each of list.slice(start, start + atOnce)) mapped.push(work(each))
  }
  return mapped
}
