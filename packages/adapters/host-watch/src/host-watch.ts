import type { CniError } from '@vethra/cni'

/** Options of `watchHost`. */
export interface HostWatchOptions {
  /** Folders that are watched with all that is below them; they may appear later. */
  readonly folders: readonly string[]
  /**
   * Programs that print something at each change, such as `ip -o monitor link`. A missing place is
   * skipped.
   */
  readonly programs: readonly (readonly [string, ...string[]])[]
  /** Called at each change, many times for one: with the path or the program. */
  readonly onChange: (what: string) => void
  /** Called with CniError 5 when something can't be watched any more: changes in it go unseen until `refresh`. */
  readonly onFault: (fault: CniError) => void
}

/** Folders and programs that are watched. */
export interface HostWatch {
  /** Watches folders that have appeared or were replaced, and starts programs that have ended. Call it at leisure. */
  refresh(): void
  /** Ends watching, and the programs. */
  close(): void
}
