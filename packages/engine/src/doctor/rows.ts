import { explain } from '@vethra/cni'
import { describeRepair, type Finding, type Repair } from '@vethra/findings'
import type { RepairOutcome } from './repair.ts'

/** A finding as `--format json` prints it. */
export interface FindingRow {
  readonly ID: string
  readonly Kind: string
  readonly Severity: string
  /** The kind of the subject: `attachment`, `host`, … */
  readonly About: string
  readonly Subject: string
  readonly Message: string
  readonly Evidence: readonly string[]
  readonly Ours: boolean
  /** The command that fixes it; empty when there is no one command. */
  readonly Fix: string
  /** The repair that `--repair` makes; empty when it makes none. */
  readonly Repair: string
}

/** A repair as `--format json` prints it. */
export interface RepairRow {
  readonly Kind: string
  readonly Repair: string
  /** `planned`, `done`, `unneeded` or `failed`. */
  readonly Outcome: string
  /** Why it was not needed, or failed: a line each. */
  readonly Why: readonly string[]
  /** The repair as a value, in a dry run. */
  readonly Plan?: Repair
}

/** The row of a finding. */
export function findingRow(finding: Finding): FindingRow {
  const { id, kind, severity, subject, message, evidence, ours, fix, repair } = finding
  return {
    ID: id,
    Kind: kind,
    Severity: severity,
    About: subject.kind,
    Subject: subject.name,
    Message: message,
    Evidence: evidence,
    Ours: ours,
    Fix: fix ?? '',
    Repair: repair === undefined ? '' : describeRepair(repair),
  }
}

/** The row of a repair that was tried. */
export function outcomeRow(outcome: RepairOutcome): RepairRow {
  const { repair, kind } = outcome
  return { Kind: repair.kind, Repair: describeRepair(repair), Outcome: kind, Why: whyOf(outcome) }
}

/** The row of a repair that would be tried. */
export function plannedRow(repair: Repair): RepairRow {
  const Outcome = 'planned'
  return { Kind: repair.kind, Repair: describeRepair(repair), Outcome, Why: [], Plan: repair }
}

function whyOf(outcome: RepairOutcome): readonly string[] {
  if (outcome.kind === 'unneeded') return [outcome.why]
  return outcome.kind === 'failed' ? explain(outcome.error) : []
}
