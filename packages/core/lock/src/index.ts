/**
 * The Lock interface and the table of what is guarded by which lock. Not for locking: that is
 * `@vethra/lock-flock` or `@vethra/lock-dir`.
 */
export { type Guard, guards, type LockPlaces } from './guards.ts'
export type { Lock } from './lock.ts'
