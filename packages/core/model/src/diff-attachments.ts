import { attachmentText } from './attachment-ref.ts'
import type { DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedAttachment, ObservedState } from './observed-state.ts'

/** Attachments whose namespace is gone or is another, and those that were never finished. */
export function attachmentFindings(_: DesiredState, observed: ObservedState): readonly Finding[] {
  return observed.attachments.flatMap((each) => {
    if (each.state === 'gone' || each.state === 'replaced') return [dead(each)]
    return []
  })
}

function dead(attachment: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns, ours, state, recorded, remembered } = attachment
  const what =
    state === 'gone' ? `there is no namespace at ${netns}` : `${netns} is another namespace now`
  return finding({
    kind: 'attachment-dead',
    severity: ours ? 'error' : 'warning',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `container ${containerId} is gone, but ${ifname} of it is still attached to network ${network}`,
    evidence: [
      what,
      ...(recorded ? ['the attachment is recorded as one of Vethra'] : []),
      ...(remembered ? ['what ADD returned is in the cache'] : []),
    ],
    ours,
    ...(ours
      ? {
          fix: 'vethra doctor --repair',
          repair: { kind: 'detach', attachment: { network, containerId, ifname } },
        }
      : {}),
  })
}
