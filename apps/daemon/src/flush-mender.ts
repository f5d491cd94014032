import { restoreTable } from '@vethra/engine'
import type { ReconcilerTools } from './reconciler-tools.ts'
import { echoMs, isAtOnce } from './settle.ts'

/** Restores what a flush took of table `inet vethra` at once, beside a look that is under way: ports are closed until then. */
export interface FlushMender {
  /** A table was flushed. Flushes beyond five a minute are left to looks. */
  flushed(nowMs: number): void
  /** Whether a flush waits to be mended. */
  isDue(): boolean
  /** Begins to mend what is due, unless that is under way. */
  begin(): void
  /** Waits for what is under way. */
  finish(): Promise<void>
}

/** A mender for which nothing was flushed. `onFailure` gets the error of a kernel that refuses. */
export function newFlushMender(
  tools: ReconcilerTools,
  onFailure: (error: unknown) => void,
): FlushMender {
  let flushes: readonly number[] = []
  let due = false
  let underWay: Promise<void> | undefined
  const mend = async () => {
    try {
      while (due) {
        due = false
        await refill(tools)
        await tools.doctor.clock.sleep(echoMs)
      }
    } catch (error) {
      onFailure(error)
    } finally {
      underWay = undefined
    }
  }
  return {
    flushed(nowMs) {
      if (due || !isAtOnce(flushes, nowMs)) return
      due = true
      flushes = [...flushes.slice(-5), nowMs]
    },
    isDue: () => due,
    begin() {
      if (due) underWay ??= mend()
    },
    finish: async () => underWay,
  }
}

async function refill({ doctor, tell, tally }: ReconcilerTools): Promise<void> {
  const { now } = doctor.clock
  const began = now()
  const effects = await restoreTable(doctor)
  if (effects === 0) return
  const [Subject, Repair] = ['table inet vethra', 'restore-elements']
  tally.count('vethra_repairs_total', { kind: Repair, outcome: 'done' })
  const Message = `done: make ${Subject} again, which was flushed: ${effects} effects`
  tell({ Type: 'repair-done', Message, Subject, Repair, DurationMs: now() - began })
}
