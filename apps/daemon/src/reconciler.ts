import { examine, type RepairOutcome } from '@vethra/engine'
import type { Finding } from '@vethra/findings'
import { newFlushMender } from './flush-mender.ts'
import { type LastLook, newLooks } from './looks.ts'
import type { ReconcilerTools } from './reconciler-tools.ts'
import { newRepairHistory } from './repair-history.ts'
import { flushMs, quietMs } from './settle.ts'

/** Holds the host against what should be: at once, from time to time, and after changes. */
export interface Reconciler {
  /** Looks for the first time, and from then on. */
  begin(): void
  /** The look before this call; undefined until the first one is done. */
  last(): LastLook | undefined
  /** Looks now, and changes nothing. Throws CniError when the host can't be looked at. */
  findings(): Promise<readonly Finding[]>
  /** Looks now and repairs. The repairs planned, and the outcome of each, in the same order. */
  repairNow(): Promise<readonly RepairOutcome[]>
  /** Something on the host has changed; `isFlush`: a whole table of nftables is gone. */
  changed(what: string, isFlush?: boolean): void
  /** No more looks; waits for the one that is under way. */
  close(): Promise<void>
}

/** A reconciler that has not begun. One look at a time; repairs follow each look. */
export function newReconciler(tools: ReconcilerTools): Reconciler {
  const { doctor, log } = tools
  const { now } = doctor.clock
  const history = newRepairHistory({ ...tools, now })
  const mender = newFlushMender(tools, (error) => looks.fail(error))
  const alarm = newAlarm(now, () => {
    if (looks.restMs() > 0 && !mender.isDue()) return alarm.set(looks.restMs())
    mender.begin()
    void inTurn()
  })
  const looks = newLooks(tools, { history, mender, onBegin: alarm.clear })
  let running: Promise<readonly RepairOutcome[]> = Promise.resolve([])
  let closed = false

  const plan = (inMs: number) => {
    if (!closed) alarm.set(inMs)
  }
  const inTurn = (): Promise<readonly RepairOutcome[]> => {
    running = running.then(() => (closed ? [] : looks.make()))
    void running.then(() => plan(tools.intervalMs))
    return running
  }

  return {
    begin: () => void inTurn(),
    last: looks.last,
    findings: () => examine(doctor),
    repairNow() {
      history.forget()
      return inTurn()
    },
    changed(what, isFlush = false) {
      log.debug({ what }, 'changed')
      if (isFlush) mender.flushed(now())
      plan(mender.isDue() ? flushMs : Math.max(quietMs, looks.restMs()))
    },
    async close() {
      closed = true
      alarm.clear()
      await mender.finish()
      await running
    },
  }
}

// A timer that rings once, at the earliest of the times that it is set to.
function newAlarm(nowMs: () => number, ring: () => void) {
  let timer: NodeJS.Timeout | undefined
  let at = Number.POSITIVE_INFINITY
  const clear = () => {
    clearTimeout(timer)
    at = Number.POSITIVE_INFINITY
  }
  const set = (inMs: number) => {
    if (nowMs() + inMs >= at) return
    clear()
    at = nowMs() + inMs
    timer = setTimeout(() => {
      at = Number.POSITIVE_INFINITY
      ring()
    }, inMs)
  }
  return { set, clear }
}
