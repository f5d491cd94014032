import { edenGC } from 'bun:jsc'

/** Collects garbage and gives its memory back, where bun waits for 32 MiB; compiled code goes, too, and comes back when used. */
export function collectGarbage(): void {
  Bun.gc(true)
  Bun.shrink()
}

/** Milliseconds of answering that leave a megabyte or two behind, be it few new answers or many known ones: to collect these takes 0.3. */
const often = 3
let spent = 0

/** Answers, after collecting what earlier answers left, when that is much: afterwards, what is in use would stay for long. */
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
