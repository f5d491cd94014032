/**
 * `Lock` by flock(2): on what nerdctl, host-local and other Go programs lock too. For one host, and
 * for file systems that know flock(2); a lock of its own design is `@vethra/lock-dir`.
 */
export { type FlockLockOptions, flockLock } from './flock-lock.ts'
