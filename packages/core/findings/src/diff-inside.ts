import { describeChange } from '@vethra/state'
import { attachmentText, refOf } from './attachment-ref.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Living containers that have not all inside that attaching made. Somebody may have meant it: a finding, and a repair where things are lost alone. */
export function insideFindings({ inside }: ObservedState): readonly Finding[] {
  const groups = Map.groupBy(inside, ({ attachment }) => attachmentText(attachment))
  return [...groups].flatMap(([name, all]) => {
    const [first] = all
    if (first === undefined) return []
    const { containerId, network } = first.attachment
    // Renamed, perhaps: another of its name would not help.
    const isThere = !all.some(
      ({ due }) => due.kind === 'make' && due.to.resource.kind === 'link settings',
    )
    return finding({
      kind: 'inside-changed',
      severity: 'warning',
      subject: { kind: 'attachment', name },
      message: `container ${containerId} in network ${network} was changed inside since it was attached: it may be cut off`,
      evidence: all.map(({ due }) => `due is: ${describeChange(due)}`),
      ours: true,
      ...(isThere
        ? {
            repair: {
              kind: 'restore-inside',
              attachment: refOf(first.attachment),
              desired: all.map(({ due }) => due.to),
            },
          }
        : { fix: `stop and start container ${containerId}   (unless it is meant)` }),
    })
  })
}
