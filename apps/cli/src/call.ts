import type { GivenSettings } from '@vethra/settings'
import type { Here, Io } from '@vethra/world'

/** A call of the program: its global flags, the host, and the caller's streams. */
export interface Call {
  readonly flags: GivenSettings
  readonly here: Here
  readonly io: Io
}
