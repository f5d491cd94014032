/**
 * The conformance suite of `Lock`. It knows the interface alone: processes, time and folders are
 * handed in by the test file that calls it.
 */
export { describeLock } from './describe-lock.ts'
export type { Holder, LockSubject, OpenLock } from './subject.ts'
