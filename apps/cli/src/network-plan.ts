import { type Json, parseExactly } from '@vethra/cni'
import type { PlannedNetwork } from '@vethra/engine'
import type { Io } from '@vethra/world'

/** A network that `network create --dry-run` prints. */
export interface NetworkPlanRow {
  readonly Name: string
  readonly ID: string
  readonly File: string
  readonly ConfList: Json
  readonly Notes: readonly string[]
}

/** The row of a planned network. */
export function networkPlanRow({ name, id, file, text, notes }: PlannedNetwork): NetworkPlanRow {
  return { Name: name, ID: id, File: file, ConfList: parseExactly(text), Notes: notes }
}

/** Prints a plan as JSON. */
export function printPlan(plan: object, io: Io): void {
  io.print(JSON.stringify(plan, null, 2))
}
