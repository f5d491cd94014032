/** `Lock` by flock(2), which nerdctl, host-local and other Go programs take too, for one host. Other files: `@vethra/lock-dir`. */
export { type FlockLockOptions, flockLock } from './flock-lock.ts'
