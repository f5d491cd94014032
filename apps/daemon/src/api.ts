import type { EventEmitter } from 'node:events'
import type { NewEvent } from '@vethra/api'
import type { ManageTools } from '@vethra/engine'
import type { Events } from '@vethra/world'
import type { Reconciler } from './reconciler.ts'
import type { Tally } from './tally.ts'

/** The parts that answer requests. */
export interface Api {
  readonly version: string
  readonly dataStore: string
  /** The parts that manage one containerd namespace; default: that of the settings. */
  readonly manage: (namespace?: string) => Promise<ManageTools>
  readonly reconciler: Reconciler
  readonly events: Pick<Events, 'after' | 'latest'>
  /** Emits `event` after each change of the history: readers wait for it. */
  readonly happened: EventEmitter
  readonly tell: (event: NewEvent) => void
  /** Logs what a caller is not told. */
  readonly warn: (line: string) => void
  readonly tally: Tally
  /** One piece of work for all who ask for the same at the same time. */
  readonly together: (key: string, work: () => Promise<unknown>) => Promise<unknown>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Aborted when the daemon stops: streams end. */
  readonly stopping: AbortSignal
}
