import { edenGC } from 'bun:jsc'

/**
 * Collects what is not needed any more, and gives its memory back to the system: bun waits for 32 MiB of it otherwise. Code
 * that was compiled for it goes, too, some megabytes, and is compiled again where it is used.
 */
export function collectGarbage(): void {
  Bun.gc(true)
  Bun.shrink()
}

/** Milliseconds of answering that leave a megabyte or two behind, be it few new answers or many known ones: to collect these takes 0.3. */
const often = 3
let spent = 0

/**
 * Answers, having collected before what earlier answers have left behind, when that is much. Not after: what is in use then
 * would stay, as something old, for long.
 */
export function answerCollected<Result>(answer: () => Result): Result {
  if (spent >= often) {
    spent = 0
    edenGC()
  }
  const began = performance.now()
  const result = answer()
  spent += performance.now() - began
  return result
}
