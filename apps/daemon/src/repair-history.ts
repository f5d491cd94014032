import type { NewEvent } from '@vethra/api'
import { type RepairHooks, repairEvent } from '@vethra/engine'
import {
  type Finding,
  flushedPlaces,
  type LossPlace,
  lossesAlone,
  peaceMs,
  type Repair,
  withoutRepair,
} from '@vethra/findings'
import type { Tally } from './tally.ts'

/** The dependencies of a history. */
export interface HistoryTools {
  readonly tell: (event: NewEvent) => void
  readonly tally: Tally
  readonly now: () => number
}

/** The findings and repairs of a daemon as events, and the losses that somebody wants so. */
export interface RepairHistory extends Required<RepairHooks> {
  /** The findings of the last look of a turn. */
  ended(left: readonly Finding[]): void
  /** Repairs that are held back are to be made. */
  forget(): void
}

/** A history in which nothing has happened. */
export function newRepairHistory({ tell, tally, now }: HistoryTools): RepairHistory {
  const open = new Map<string, Finding>()
  const restored = new Map<string, number>()
  const held = new Set<string>()
  const alone = new Set<string>()
  const flushed = new Set<LossPlace>()
  const begun = new Map<Repair, { readonly at: number; readonly findings: readonly Finding[] }>()

  const appear = (findings: readonly Finding[]) => {
    for (const each of findings.filter(({ id }) => !open.has(id))) {
      const { id, message, subject } = each
      open.set(id, each)
      tell({ Type: 'finding-appeared', Message: message, Subject: subject.name, Finding: id })
    }
  }

  return {
    hear(event) {
      if (event.kind === 'begun') {
        begun.set(event.repair, { at: now(), findings: event.findings })
        appear(event.findings)
        return tell(repairEvent(event, 0))
      }
      const { at, findings } = begun.get(event.repair) ?? {}
      // A change under way at the first look, and whole at the second, is no event.
      if (at === undefined || findings === undefined) return
      begun.delete(event.repair)
      if (event.kind === 'done')
        for (const { id } of findings.filter((each) => alone.has(each.id))) restored.set(id, now())
      tally.count('vethra_repairs_total', { kind: event.repair.kind, outcome: event.kind })
      tell(repairEvent(event, now() - at))
    },
    judge(findings, { desired, observed }) {
      // What is restored first hides the flush from looks that follow in this turn.
      for (const place of flushedPlaces(desired, observed)) flushed.add(place)
      const losses = lossesAlone(findings, { restored, held }, { flushed, nowMs: now() })
      return findings.map((each) => {
        const loss = losses.get(each.id)
        mark(alone, each.id, loss !== undefined)
        mark(held, each.id, loss === 'again')
        return loss === 'again' ? withoutRepair(each) : each
      })
    },
    ended(left) {
      flushed.clear()
      appear(left)
      for (const [id, at] of restored) if (now() - at > peaceMs) restored.delete(id)
      const ids = new Set(left.map(({ id }) => id))
      for (const { id, message, subject } of open.values()) {
        if (ids.has(id)) continue
        for (const marked of [open, held, alone]) marked.delete(id)
        const words = `no longer: ${message}`
        tell({ Type: 'finding-gone', Message: words, Subject: subject.name, Finding: id })
      }
    },
    forget() {
      restored.clear()
      held.clear()
    },
  }
}

function mark(marked: Set<string>, id: string, isMarked: boolean): void {
  if (isMarked) marked.add(id)
  else marked.delete(id)
}
