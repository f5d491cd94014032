import type { NewEvent } from '@vethra/api'
import { CniError, explain } from '@vethra/cni'
import {
  type DoctorTools,
  examine,
  heal,
  type RepairEvent,
  type RepairOutcome,
  repair,
} from '@vethra/engine'
import { describeRepair, type Finding, type Repair } from '@vethra/findings'
import type { Logger } from 'pino'
import { flushMs, isAtOnce, quietMs, restAfter } from './settle.ts'
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
  const { doctor, tell, tally, log } = tools
  const open = new Map<string, Finding>()
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

  const reconcile = async (): Promise<readonly RepairOutcome[]> => {
    const [began, cpu] = [tools.now(), tools.cpuMs()]
    const hear = hearRepairs(tools, open)
    const outcomes: RepairOutcome[] = []
    try {
      // Ports are closed: what was made there is looked for first.
      if (flushed) outcomes.push(...(await repair(doctor, ifFlushed, hear)))
      flushed = false
      const healing = await heal(doctor, hear)
      ifFlushed = healing.ifFlushed
      outcomes.push(...healing.outcomes)
      tellDifference(open, healing.left, tell)
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

  const plan = (inMs: number) => {
    const at = tools.now() + inMs
    if (closed || at >= timerAt) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timerAt = Number.POSITIVE_INFINITY
      const restMs = restUntil - tools.now()
      if (restMs > 0 && !flushed) plan(restMs)
      else void inTurn()
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
    repairNow: inTurn,
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
      clearTimeout(timer)
      await running
    },
  }
}

/** Tells of repairs as they are made, and of what is repaired before it is. */
function hearRepairs(
  { tell, tally, now }: ReconcilerTools,
  open: Map<string, Finding>,
): (event: RepairEvent) => void {
  const begun = new Set<Repair>()
  let began = now()
  return (event) => {
    if (event.kind === 'begun') {
      began = now()
      begun.add(event.repair)
      appear(open, event.findings, tell)
      // What was under way at the first look, and is whole at the second, is no event.
    } else if (!begun.has(event.repair)) return
    else tally.count('vethra_repairs_total', { kind: event.repair.kind, outcome: event.kind })
    tell(eventOf(event, now() - began))
  }
}

function eventOf(event: RepairEvent, tookMs: number): NewEvent {
  const words = describeRepair(event.repair)
  const about = { Subject: words, Repair: event.repair.kind }
  switch (event.kind) {
    case 'begun':
      return { Type: 'repair-begun', Message: `about to ${words}`, ...about }
    case 'done':
      return { Type: 'repair-done', Message: `done: ${words}`, ...about, DurationMs: tookMs }
    case 'unneeded':
      return {
        Type: 'repair-unneeded',
        Message: `no need to ${words}: ${event.why}`,
        ...about,
        Causes: [event.why],
      }
    case 'failed': {
      const [message = '', ...causes] = explain(event.error).map((line) => line.trim())
      return {
        Type: 'repair-failed',
        Message: message,
        ...about,
        Causes: causes,
        DurationMs: tookMs,
      }
    }
  }
}

function appear(
  open: Map<string, Finding>,
  findings: readonly Finding[],
  tell: ReconcilerTools['tell'],
): void {
  for (const each of findings) {
    const { id, message, subject } = each
    if (open.has(id)) continue
    open.set(id, each)
    tell({ Type: 'finding-appeared', Message: message, Subject: subject.name, Finding: id })
  }
}

function tellDifference(
  open: Map<string, Finding>,
  left: readonly Finding[],
  tell: ReconcilerTools['tell'],
): void {
  appear(open, left, tell)
  const ids = new Set(left.map(({ id }) => id))
  for (const { id, message, subject } of [...open.values()].filter((each) => !ids.has(each.id))) {
    open.delete(id)
    const words = `no longer: ${message}`
    tell({ Type: 'finding-gone', Message: words, Subject: subject.name, Finding: id })
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
