import type { NewEvent } from '@vethra/api'
import type { DoctorTools } from '@vethra/engine'
import type { Logger } from 'pino'
import type { Tally } from './tally.ts'

/** The dependencies of the reconciler. */
export interface ReconcilerTools {
  readonly doctor: DoctorTools
  readonly tell: (event: NewEvent) => void
  readonly tally: Tally
  readonly log: Logger
  /** How long it goes without a look, in milliseconds. */
  readonly intervalMs: number
  /** Called after each look: folders may have come. */
  readonly onLooked: () => void
}
