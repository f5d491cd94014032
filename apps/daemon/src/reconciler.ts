import type { NewEvent } from '@vethra/api'
import { CniError, explain } from '@vethra/cni'
import {
  type DoctorTools,
  examine,
  heal,
  type RepairOutcome,
  repair,
  watchForeign,
} from '@vethra/engine'
import type { Finding, Repair } from '@vethra/findings'
import type { Logger } from 'pino'
import { newRepairHistory } from './repair-history.ts'
import { echoMs, flushMs, isAtOnce, quietMs, restAfter } from './settle.ts'
import type { Tally } from './tally.ts'

/** The dependencies of the reconciler. */
export interface ReconcilerTools {
  readonly doctor: DoctorTools
  readonly tell: (event: NewEvent) => void
  readonly tally: Tally
  readonly log: Logger
  /** How long it goes without a look, in milliseconds. */
  readonly intervalMs: number
  /** Called after each look: folders may have come. */
  readonly onLooked: () => void
  readonly now: () => number
  /** The processor time of this process so far, in milliseconds. */
  readonly cpuMs: () => number
}

/** Findings as they were at the last look, and how that went. */
interface LastLook {
  readonly atMs: number
  readonly tookMs: number
  readonly findings: readonly Finding[]
  /** Why the host could not be looked at. */
  readonly failure?: CniError
}

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
  const { doctor, tally, log } = tools
  const history = newRepairHistory(tools)
  const foreignEvents = watchForeign(doctor.host)
  let last: LastLook | undefined
  let repeated = 0
  let tried = ''
  let restUntil = 0
  let running: Promise<readonly RepairOutcome[]> = Promise.resolve([])
  let timer: NodeJS.Timeout | undefined
  let timerAt = Number.POSITIVE_INFINITY
  let closed = false
  let flushed = false
  let flushes: readonly number[] = []
  let ifFlushed: readonly Repair[] = []
  let mending: Promise<void> | undefined
  let mended: readonly RepairOutcome[] = []

  // Ports are closed: what was made there is looked for at once, beside a look that is under way.
  const mend = async () => {
    try {
      while (flushed && !closed) {
        flushed = false
        mended = [...mended, ...(await repair(doctor, ifFlushed, history))]
        await doctor.clock.sleep(echoMs)
      }
    } catch (error) {
      last = failed(tools, last, error)
    } finally {
      mending = undefined
    }
  }
  const reconcile = async (): Promise<readonly RepairOutcome[]> => {
    const [began, cpu] = [tools.now(), tools.cpuMs()]
    const outcomes: RepairOutcome[] = []
    try {
      // All else is looked for once our own changes are heard.
      await mending
      outcomes.push(...mended)
      mended = []
      // What was heard until now is looked at here.
      unplan()
      const healing = await heal(doctor, history)
      ifFlushed = healing.ifFlushed
      outcomes.push(...healing.outcomes)
      history.ended(healing.left)
      for (const event of await foreignEvents()) tools.tell(event)
      last = { atMs: tools.now(), tookMs: tools.now() - began, findings: healing.left }
      tally.count('vethra_looks_total', { outcome: 'done' })
      tally.count('vethra_look_seconds_total', {}, last.tookMs / 1000)
    } catch (error) {
      last = failed(tools, last, error)
    }
    const now = outcomes.map((each) => JSON.stringify(each.repair)).join()
    repeated = now !== '' && now === tried ? repeated + 1 : 0
    tried = now
    restUntil = tools.now() + restAfter({ cpuMs: tools.cpuMs() - cpu, repeated })
    tools.onLooked()
    return outcomes
  }

  const unplan = () => {
    clearTimeout(timer)
    timerAt = Number.POSITIVE_INFINITY
  }
  const plan = (inMs: number) => {
    const at = tools.now() + inMs
    if (closed || at >= timerAt) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timerAt = Number.POSITIVE_INFINITY
      const restMs = restUntil - tools.now()
      if (restMs > 0 && !flushed) return plan(restMs)
      if (flushed) mending ??= mend()
      void inTurn()
    }, inMs)
  }
  const inTurn = (): Promise<readonly RepairOutcome[]> => {
    running = running.then(async () => (closed ? [] : await reconcile()))
    void running.then(() => plan(tools.intervalMs))
    return running
  }

  return {
    begin: () => void inTurn(),
    last: () => last,
    findings: () => examine(doctor),
    repairNow() {
      history.forget()
      return inTurn()
    },
    changed(what, isFlush = false) {
      log.debug({ what }, 'changed')
      const now = tools.now()
      if (isFlush && !flushed && isAtOnce(flushes, now)) {
        flushed = true
        flushes = [...flushes.slice(-5), now]
      }
      plan(flushed ? flushMs : Math.max(quietMs, restUntil - now))
    },
    async close() {
      closed = true
      unplan()
      await mending
      await running
    },
  }
}

function failed(
  { tell, tally, log, now }: ReconcilerTools,
  last: LastLook | undefined,
  error: unknown,
): LastLook {
  // Whatever it was, the daemon goes on serving, and tells of it until a look succeeds.
  log.error({ err: error }, 'cannot look at the host')
  tally.count('vethra_looks_total', { outcome: 'failed' })
  const [message = '', ...causes] = explain(error).map((line) => line.trim())
  if (last?.failure?.message !== (error as Error).message) {
    tell({ Type: 'look-failed', Message: message, Causes: causes })
  }
  const failure =
    error instanceof CniError
      ? error
      : new CniError({ code: 999, message: 'cannot look at the host', cause: error })
  return { atMs: now(), tookMs: 0, findings: last?.findings ?? [], failure }
}
