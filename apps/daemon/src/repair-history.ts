import type { NewEvent } from '@vethra/api'
import { type RepairHooks, repairEvent } from '@vethra/engine'
import {
  type Finding,
  flushedPlaces,
  type LossPlace,
  lossesAlone,
  peaceMs,
  withoutRepair,
} from '@vethra/findings'
import type { ReconcilerTools } from './reconciler-tools.ts'

/** The findings and repairs of a daemon as events, and the losses that somebody wants so. */
export interface RepairHistory extends Required<RepairHooks> {
  /** The findings of the last look of a turn. */
  ended(left: readonly Finding[]): void
  /** Repairs that are held back are to be made. */
  forget(): void
}

/** A history in which nothing has happened. */
export function newRepairHistory({
  tell,
  tally,
  now,
}: Pick<ReconcilerTools, 'tell' | 'tally'> & { readonly now: () => number }): RepairHistory {
  const open = new Map<string, Finding>()
  const losses = newLosses(now)

  const appear = (findings: readonly Finding[]) => {
    for (const each of findings.filter(({ id }) => !open.has(id))) {
      open.set(each.id, each)
      tell({ Type: 'finding-appeared', Message: each.message, ...namesOf(each) })
    }
  }

  return {
    hear(event) {
      const told = repairEvent(event)
      // A change under way at the first look, and whole at the second, is no event.
      if (told === undefined) return
      if (event.kind === 'begun') appear(event.findings)
      else {
        if (event.kind === 'done') losses.restored(event.begun?.findings ?? [])
        tally.count('vethra_repairs_total', { kind: event.repair.kind, outcome: event.kind })
      }
      tell(told)
    },
    judge: losses.judge,
    ended(left) {
      losses.endTurn()
      appear(left)
      const ids = new Set(left.map(({ id }) => id))
      for (const each of [...open.values()].filter(({ id }) => !ids.has(id))) {
        open.delete(each.id)
        losses.drop(each.id)
        tell({ Type: 'finding-gone', Message: `no longer: ${each.message}`, ...namesOf(each) })
      }
    },
    forget: losses.forget,
  }
}

function namesOf({ id, subject }: Finding): Pick<NewEvent, 'Subject' | 'Finding'> {
  return { Subject: subject.name, Finding: id }
}

// Things that went missing alone: what goes again soon after it was restored is left as somebody wants it.
function newLosses(now: () => number) {
  const restored = new Map<string, number>()
  const alone = new Map<string, 'once' | 'again'>()
  const held = { has: (id: string) => alone.get(id) === 'again' }
  const flushed = new Set<LossPlace>()
  const judge: Required<RepairHooks>['judge'] = (findings, { desired, observed }) => {
    // What is restored first hides the flush from looks that follow in this turn.
    for (const place of flushedPlaces(desired, observed)) flushed.add(place)
    const losses = lossesAlone(findings, { restored, held }, { flushed, nowMs: now() })
    return findings.map((each) => {
      const loss = losses.get(each.id)
      if (loss) alone.set(each.id, loss)
      else alone.delete(each.id)
      return loss === 'again' ? withoutRepair(each) : each
    })
  }
  return {
    judge,
    /** Takes findings whose repair has been made. */
    restored(findings: readonly Finding[]) {
      for (const { id } of findings) if (alone.has(id)) restored.set(id, now())
    },
    endTurn() {
      flushed.clear()
      for (const [id, at] of restored) if (now() - at > peaceMs) restored.delete(id)
    },
    /** A finding is no longer there. */
    drop: (id: string) => alone.delete(id),
    /** Repairs that are held back may be made. */
    forget() {
      restored.clear()
      for (const id of alone.keys()) alone.set(id, 'once')
    },
  }
}
