import { type CniError, onCniError } from '@vethra/cni'
import type { Clock } from '@vethra/world'
import type { Serving } from './serving.ts'
import { newSignal, type Stop } from './signal.ts'

/** The loop in which containers ask the resolver, to learn whether they are heard. */
export interface Examiner {
  /** Has containers ask soon: those in networks that are not known yet, or all. */
  doubt(of: 'new' | 'all'): void
  /** Whether all are to ask again by now; `isRefused`: some are not heard. */
  isDue(isRefused: boolean): boolean
  run(stop: Stop): Promise<void>
}

interface ExaminerTools {
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly serving: Pick<Serving, 'examine'>
  readonly onFault: (fault: CniError) => void
  /** Some are to ask others now, or again. */
  readonly onOther: () => void
  /** How long a burst of doubts is waited for, in milliseconds. */
  readonly quietMs: number
}

/** How often containers ask, and how soon at first where some are not heard, in milliseconds. */
const [examineMs, refusedMs] = [30_000, 5000]

/** An examiner in a loop of its own: a container whose questions do not arrive keeps it waiting. */
export function newExaminer(given: ExaminerTools): Examiner {
  const { clock, serving, onFault, onOther, quietMs } = given
  // Long ago: what changed before changes are heard is asked about soon.
  let [isAll, lastMs, heardMs] = [false, 0, clock.now()]
  const doubts = newSignal()
  const noted = onCniError((fault): boolean => {
    onFault(fault)
    return false
  })
  return {
    doubt(of) {
      isAll ||= of === 'all'
      doubts.set()
    },
    isDue(isRefused) {
      if (!isRefused) heardMs = clock.now()
      // Ever less often, while a firewall stays as it is.
      const waitMs = isRefused ? Math.max(refusedMs, lastMs - heardMs) : examineMs
      return clock.now() > lastMs + Math.min(waitMs, examineMs)
    },
    async run(stop) {
      while (!stop.isOrdered()) {
        await Promise.race([stop.ordered, doubts.wait()])
        await clock.sleep(quietMs)
        doubts.clear()
        const all = isAll
        isAll = false
        lastMs = clock.now()
        if (stop.isOrdered()) return
        if (await serving.examine(all).catch(noted)) onOther()
      }
    },
  }
}
