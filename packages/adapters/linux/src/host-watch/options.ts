import type { WatchHearer } from '@vethra/world'

/** Options of `watchHost`. */
export interface HostWatchOptions extends WatchHearer {
  /** Folders that are watched with all that is below them; they may appear later. */
  readonly folders: readonly string[]
  /** Programs that print something at each change, such as `ip -o monitor link`. A missing place is skipped. */
  readonly programs: readonly (readonly [string, ...string[]])[]
}
