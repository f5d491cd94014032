import type { Stats } from 'node:fs'

/** The age in milliseconds at which an empty file is dead: for writers that take no lock, as host-local does. */
const deadAfterMs = 10_000

/** Whether a file is one that a killed host-local left: empty, and older than any writer takes. To be asked while the lock is held. */
export function isDead(file: Stats): boolean {
  const now = performance.timeOrigin + performance.now()
  return file.isFile() && file.size === 0 && now - file.mtimeMs > deadAfterMs
}
