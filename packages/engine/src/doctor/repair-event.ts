import type { NewEvent } from '@vethra/api'
import { explain } from '@vethra/cni'
import { describeRepair } from '@vethra/findings'
import type { RepairEvent } from './repair.ts'

/** The event of a repair that is begun, or of its outcome; undefined for one that was not begun. */
export function repairEvent(event: RepairEvent): NewEvent | undefined {
  const words = describeRepair(event.repair)
  const about = { Subject: words, Repair: event.repair.kind }
  if (event.kind === 'begun')
    return { Type: 'repair-begun', Message: `about to ${words}`, ...about }
  if (event.begun === undefined) return undefined
  const DurationMs = event.begun.tookMs
  if (event.kind === 'done')
    return { Type: 'repair-done', Message: `done: ${words}`, ...about, DurationMs }
  if (event.kind === 'unneeded') {
    const Message = `no need to ${words}: ${event.why}`
    return { Type: 'repair-unneeded', Message, ...about, Causes: [event.why] }
  }
  const [Message = '', ...Causes] = explain(event.error).map((line) => line.trim())
  return { Type: 'repair-failed', Message, ...about, Causes, DurationMs }
}
