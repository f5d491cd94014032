import { attachmentText, refOf } from './attachment-ref.ts'
import type { DesiredState } from './desired-state.ts'
import { firewallFindings } from './diff-firewall.ts'
import { bridgeFindings, interfaceFindings } from './diff-interfaces.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedAttachment, ObservedState } from './observed-state.ts'

/**
 * Living attachments of ours without a cache entry. A container that was prepared ends when
 * attaching it is cut short, so one that lives has lost its cached result. An entry of others is
 * lost where all that they need is there; else ADD never finished.
 */
export function unfinishedFindings(
  desired: DesiredState,
  observed: ObservedState,
  maps: Maps,
): readonly Finding[] {
  const known = new Map(desired.attachments.map((each) => [attachmentText(each), each]))
  const prepared = new Set(
    observed.containers.filter(({ stored }) => stored).map(({ containerId }) => containerId),
  )
  return observed.attachments
    .filter(({ recorded, remembered, state }) => recorded && !remembered && state === 'alive')
    .filter(({ containerId }) => !observed.signs.running.has(containerId))
    .map((each) => {
      const wanted = known.get(attachmentText(each))
      const whole =
        wanted !== undefined &&
        bridgeFindings(wanted, maps).length === 0 &&
        interfaceFindings(wanted, maps).length === 0 &&
        firewallFindings(wanted, observed, maps).length === 0 &&
        !observed.table.missing.some(
          ({ attachment }) => attachmentText(attachment) === attachmentText(each),
        )
      if (whole || prepared.has(each.containerId)) return resultLost(each)
      return unfinished(each)
    })
}

function resultLost(attachment: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns, restorable } = attachment
  return finding({
    kind: 'result-lost',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `the cache entry of ${ifname} of container ${containerId} in network ${network} is missing: detaching it would leave rules and reservations`,
    evidence: [
      `the namespace at ${netns} is alive`,
      'it is recorded, but there is no usable cache entry',
    ],
    ...(restorable
      ? { repair: { kind: 'restore-result', attachment: refOf(attachment) } }
      : { ours: true, fix: `stop and start container ${containerId}` }),
  })
}

function unfinished(attachment: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns } = attachment
  return finding({
    kind: 'attachment-unfinished',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `attaching ${ifname} of container ${containerId} to network ${network} was cut short: its interfaces, rules or reservations remain`,
    evidence: [
      `the namespace at ${netns} is alive`,
      'it is recorded, but there is no result of it, and no plugin is at work',
    ],
    repair: { kind: 'detach', attachment: refOf(attachment), netns },
  })
}
