import type { Lock } from '@vethra/world'

/** A process other than this one that holds the lock. */
export interface Holder {
  /** Ends it at once, by SIGKILL, and resolves when it is gone. */
  kill(): Promise<void>
  /** Stops it, by SIGSTOP. */
  stop(): Promise<void>
}

/** One lock to be tested, and the means to do so. Made for each case. */
export interface LockSubject {
  readonly lock: Lock
  /** The same implementation, but it gives up within 500 ms. */
  readonly impatient: Lock
  /** A path without a lock, in a folder that need not exist. */
  readonly path: string
  /** How long a killed holder can delay the next one, in milliseconds. */
  readonly boundMs: number
  /** Whether a holder that is only stopped keeps its lock, or loses it within `boundMs`. */
  readonly stoppedHolder: 'keeps' | 'loses'
  /** Starts a process that takes the lock at `path` and holds it until it is killed; resolves once it holds it. */
  holdElsewhere(): Promise<Holder>
  /** A clock in milliseconds that never goes back. */
  now(): number
  pause(milliseconds: number): Promise<void>
  /** Ends every process started and removes every file. */
  close(): Promise<void>
}

/** Makes a subject. */
export type OpenLock = () => Promise<LockSubject>
