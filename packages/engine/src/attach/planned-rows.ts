import { type Json, parseExactly } from '@vethra/cni'
import type { AttachmentPlan } from './plan.ts'
import { plannedCalls } from './run.ts'

/** A plugin call of a dry run, as it is printed. */
export interface CallRow {
  readonly type: string
  /** In this process, or as a program. */
  readonly way: 'native' | 'exec'
  readonly operation: string
  readonly containerId: string
  readonly netns: string
  readonly ifname: string
  readonly cniArgs: readonly (readonly [string, string])[]
  /** The request configuration. */
  readonly stdin: Json
}

/** The plugin calls that a plan makes when all goes well, in order, for a dry run. */
export function plannedRows({ ways = [], ...plan }: AttachmentPlan): readonly CallRow[] {
  const inOrder = plan.operation === 'DEL' ? ways.toReversed() : ways
  return plannedCalls(plan).map(({ stdin, type, ...call }, at) => ({
    type,
    way: inOrder[at]?.way ?? 'exec',
    ...call,
    stdin: parseExactly(stdin),
  }))
}
