import { type Stats, unlinkSync } from 'node:fs'
import { failure, isMissing } from './failure.ts'

/**
 * The age in milliseconds at which an empty file is dead. host-local makes and writes a file under
 * the lock, so the writer of an empty one is dead already. The time is for writers that take no
 * lock.
 */
const deadAfterMs = 10_000

/** Whether a file is one that a killed host-local left: empty, and older than any writer takes. To be asked while the lock is held. */
export function isDead(file: Stats): boolean {
  const now = performance.timeOrigin + performance.now()
  return file.isFile() && file.size === 0 && now - file.mtimeMs > deadAfterMs
}

/** Removes a file; one that is gone is fine. Throws CniError 5. */
export function removeReserved(path: string): void {
  try {
    unlinkSync(path)
  } catch (cause) {
    if (!isMissing(cause)) throw failure(`remove ${path}`, cause)
  }
}
