import { type Finding, planRepairs, type Repair } from '@vethra/findings'
import type { DoctorTools } from './doctor-tools.ts'
import { examine } from './examine.ts'
import { type RepairEvent, type RepairOutcome, repair } from './repair.ts'

/** The repairs made, and the findings that are left. */
export interface Healing {
  /** In the order in which repairs were tried. */
  readonly outcomes: readonly RepairOutcome[]
  readonly left: readonly Finding[]
}

/** One repair may show what another lay under: a bridge comes before what is on it. */
const rounds = 3

/**
 * Examines and repairs until nothing is left that a repair would help: at most three times, and no repair
 * twice. Where nothing is to be repaired it looks once.
 */
export async function heal(
  tools: DoctorTools,
  onEvent: (event: RepairEvent) => void = () => {},
): Promise<Healing> {
  const outcomes: RepairOutcome[] = []
  const tried = new Set<string>()
  for (let round = 0; ; round += 1) {
    const left = await examine(tools)
    const due = planRepairs(left).filter((each) => !tried.has(textOf(each)))
    if (due.length === 0 || round === rounds) return { outcomes, left }
    for (const each of due) tried.add(textOf(each))
    outcomes.push(...(await repair(tools, due, onEvent)))
  }
}

function textOf(each: Repair): string {
  return JSON.stringify(each)
}
