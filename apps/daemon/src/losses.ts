import type { RepairHooks } from '@vethra/engine'
import {
  type Finding,
  flushedPlaces,
  type LossPlace,
  lossesAlone,
  peaceMs,
  withoutRepair,
} from '@vethra/findings'

/** Things that went missing alone: what goes again soon after it was restored is left as somebody wants it. */
export interface Losses {
  /** The findings, without the repairs of losses that somebody wants so. */
  readonly judge: Required<RepairHooks>['judge']
  /** Takes findings whose repair has been made. */
  restored(findings: readonly Finding[]): void
  /** The last look of a turn is done. */
  endTurn(): void
  /** A finding is no longer there. */
  drop(id: string): void
  /** Repairs that are held back may be made. */
  forget(): void
}

/** No losses yet. */
export function newLosses(now: () => number): Losses {
  const restored = new Map<string, number>()
  const held = new Set<string>()
  const alone = new Set<string>()
  const flushed = new Set<LossPlace>()
  return {
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
    restored(findings) {
      for (const { id } of findings) if (alone.has(id)) restored.set(id, now())
    },
    endTurn() {
      flushed.clear()
      for (const [id, at] of restored) if (now() - at > peaceMs) restored.delete(id)
    },
    drop(id) {
      held.delete(id)
      alone.delete(id)
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
