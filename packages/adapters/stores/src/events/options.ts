import type { CniError } from '@vethra/cni'
import type { Lock } from '@vethra/world'

/** Where events are kept, and how. */
export interface EventFileOptions {
  /** The file; the one before it has `.1` behind its name. */
  readonly path: string
  /** The name of this program in its events. */
  readonly by: string
  readonly now: () => number
  /** Held while the file is replaced; gives up at once. */
  readonly lock: Lock
  /** The path of that lock. */
  readonly lockPath: string
  /** Gets the reason why an event was lost. */
  readonly onFault: (fault: CniError) => void
  /** The size from which on a new file is begun, in octets; up to four times as much while that fails. Default 1 MiB. */
  readonly fullSize?: number
}
