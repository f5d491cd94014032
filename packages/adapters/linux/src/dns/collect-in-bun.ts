import { edenGC } from 'bun:jsc'

/** Collects what is not needed any more, and gives its memory back to the system: bun waits for 32 MiB of it otherwise. */
export function collectGarbage(): void {
  Bun.gc(true)
}

/** Messages that leave some megabytes behind: to collect these takes 0.3 ms. */
const often = 1024
let since = 0

/** Collects what answers have left behind, when these have been many. */
export function collectAfter(messages: number): void {
  since += messages
  if (since < often) return
  since = 0
  edenGC()
}
