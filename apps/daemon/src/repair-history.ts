import type { NewEvent } from '@vethra/api'
import { type RepairHooks, repairEvent } from '@vethra/engine'
import type { Finding } from '@vethra/findings'
import { newLosses } from './losses.ts'
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
