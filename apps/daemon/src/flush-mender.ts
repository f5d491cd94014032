import { type DoctorTools, type RepairHooks, type RepairOutcome, repair } from '@vethra/engine'
import type { Repair } from '@vethra/findings'
import { echoMs, isAtOnce } from './settle.ts'

/** Repairs what a flush of a table took, at once, beside a look that is under way: ports are closed until then. */
export interface FlushMender {
  /** A table was flushed. Flushes beyond five a minute are left to looks. */
  flushed(nowMs: number): void
  /** Whether a flush waits to be mended. */
  isDue(): boolean
  /** Begins to mend what is due, unless that is under way. */
  begin(): void
  /** Sets the repairs to try once a table is flushed. */
  expect(repairs: readonly Repair[]): void
  /** Waits for what is under way. Returns the outcomes since the call before. */
  finish(): Promise<readonly RepairOutcome[]>
  /** Begins no more, and waits for what is under way. */
  close(): Promise<void>
}

/** A mender that expects nothing. `onFailure` gets the error of a host that cannot be looked at. */
export function newFlushMender(
  doctor: DoctorTools,
  hooks: RepairHooks,
  onFailure: (error: unknown) => void,
): FlushMender {
  let expected: readonly Repair[] = []
  let flushes: readonly number[] = []
  let due = false
  let closed = false
  let underWay: Promise<void> | undefined
  let outcomes: readonly RepairOutcome[] = []

  const mend = async () => {
    try {
      while (due && !closed) {
        due = false
        outcomes = [...outcomes, ...(await repair(doctor, expected, hooks))]
        await doctor.clock.sleep(echoMs)
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
    expect(repairs) {
      expected = repairs
    },
    async finish() {
      await underWay
      const done = outcomes
      outcomes = []
      return done
    },
    async close() {
      closed = true
      await underWay
    },
  }
}
