import { CniError, explain } from '@vethra/cni'
import { heal, type RepairOutcome, watchForeign } from '@vethra/engine'
import type { Finding } from '@vethra/findings'
import type { FlushMender } from './flush-mender.ts'
import type { ReconcilerTools } from './reconciler-tools.ts'
import type { RepairHistory } from './repair-history.ts'
import { restAfter } from './settle.ts'

/** Findings as they were at the last look, and how that went. */
export interface LastLook {
  readonly atMs: number
  readonly tookMs: number
  readonly findings: readonly Finding[]
  /** Why the host could not be looked at. */
  readonly failure?: CniError
}

/** Looks at the host, with the repairs that follow. */
export interface Looks {
  /** The look before this call; undefined until the first one is done. */
  last(): LastLook | undefined
  /** Looks and repairs. Returns the repairs made, also where the look failed then. Never rejects. */
  make(): Promise<readonly RepairOutcome[]>
  /** How long changes are left alone still, in milliseconds; 0 or less for no longer. */
  restMs(): number
  /** Takes the error of a host that cannot be looked at for the last look. */
  fail(error: unknown): void
}

/** The parts of looks. */
interface LookParts {
  readonly history: RepairHistory
  readonly mender: FlushMender
  /** Called before the host is looked at: what was heard until then need not be looked for again. */
  readonly onBegin: () => void
}

/** No look yet. */
export function newLooks(tools: ReconcilerTools, parts: LookParts): Looks {
  const { doctor, tally, tell, onLooked } = tools
  const { now } = doctor.clock
  const { history, mender, onBegin } = parts
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
    last: () => last,
    async make() {
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
