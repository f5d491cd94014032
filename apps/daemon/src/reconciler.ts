import { CniError, explain } from '@vethra/cni'
import { examine, heal, type RepairOutcome, watchForeign } from '@vethra/engine'
import type { Finding } from '@vethra/findings'
import { type FlushMender, newFlushMender } from './flush-mender.ts'
import type { ReconcilerTools } from './reconciler-tools.ts'
import { newRepairHistory, type RepairHistory } from './repair-history.ts'
import { flushMs, quietMs, restAfter } from './settle.ts'

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
  const { doctor, log } = tools
  const { now } = doctor.clock
  const history = newRepairHistory({ ...tools, now })
  const mender = newFlushMender(tools, (error) => looks.fail(error))
  const alarm = newAlarm(now, () => {
    if (looks.restMs() > 0 && !mender.isDue()) return alarm.set(looks.restMs())
    mender.begin()
    void inTurn()
  })
  const looks = newLooks(tools, history, { mender, onBegin: alarm.clear })
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

// Looks at the host, with the repairs that follow. `onBegin`: what was heard until then need not be looked for again.
function newLooks(
  tools: ReconcilerTools,
  history: RepairHistory,
  { mender, onBegin }: { readonly mender: FlushMender; readonly onBegin: () => void },
) {
  const { doctor, tally, tell, onLooked } = tools
  const { now } = doctor.clock
  const foreignEvents = watchForeign(doctor.host)
  let [restUntilMs, tried, repeated] = [0, '', 0]
  let last: LastLook | undefined
  const fail = (error: unknown) => {
    last = failed(tools, last, error)
  }
  const look = async (outcomes: RepairOutcome[]): Promise<void> => {
    const began = now()
    // All else is looked for once our own changes are heard.
    await mender.finish()
    onBegin()
    const healing = await heal(doctor, history)
    outcomes.push(...healing.outcomes)
    history.ended(healing.left)
    for (const event of await foreignEvents()) tell(event)
    last = { atMs: now(), tookMs: now() - began, findings: healing.left }
    tally.count('vethra_looks_total', { outcome: 'done' })
    tally.count('vethra_look_seconds_total', {}, last.tookMs / 1000)
  }
  return {
    last: (): LastLook | undefined => last,
    /** Returns the repairs made, also where the look failed then. Never rejects. */
    async make(): Promise<readonly RepairOutcome[]> {
      const cpu = cpuMs()
      const outcomes: RepairOutcome[] = []
      await look(outcomes).catch(fail)
      const repairs = outcomes.map((each) => JSON.stringify(each.repair)).join()
      repeated = repairs !== '' && repairs === tried ? repeated + 1 : 0
      tried = repairs
      restUntilMs = now() + restAfter(cpuMs() - cpu, repeated)
      onLooked()
      return outcomes
    },
    /** How long changes are left alone still, in milliseconds; 0 or less for no longer. */
    restMs: () => restUntilMs - now(),
    fail,
  }
}

function failed(
  { doctor, tell, tally, log }: ReconcilerTools,
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
  return { atMs: doctor.clock.now(), tookMs: 0, findings: last?.findings ?? [], failure }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
