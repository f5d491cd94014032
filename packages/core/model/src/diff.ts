import type { DesiredState } from './desired-state.ts'
import { attachmentFindings } from './diff-attachments.ts'
import { confFindings } from './diff-confs.ts'
import { reservationFindings } from './diff-reservations.ts'
import type { Finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/**
 * Every difference between what should be on a host and what is, the worst first. What is not ours is
 * among it, and has no repair. The same states give the same findings, in the same order.
 */
export function diff(desired: DesiredState, observed: ObservedState): readonly Finding[] {
  const findings = [
    ...attachmentFindings(desired, observed),
    ...reservationFindings(desired, observed),
    ...confFindings(observed),
  ]
  return findings.toSorted((a, b) => ranks[a.severity] - ranks[b.severity])
}

const ranks = { error: 0, warning: 1, info: 2 } as const
