import { attachmentText, refOf } from './attachment-ref.ts'
import { type Finding, finding } from './finding.ts'
import type { LostNetwork, ObservedAttachment, ObservedState } from './observed-state.ts'
import type { Repair } from './repair.ts'
import { shellWord } from './shell-word.ts'

/**
 * Attachments whose record is unreadable, or names their namespace by an inode, which can be
 * reused: the interface inside proves it.
 */
export function recordFindings({ attachments }: ObservedState): readonly Finding[] {
  return [
    ...attachments.filter((each) => each.recordDamaged && each.state !== 'gone').map(damaged),
    ...attachments.filter(({ byInode, state }) => byInode && state === 'alive').map(outdated),
  ]
}

function damaged(each: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns, state } = each
  return finding({
    kind: 'record-damaged',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `cannot read the record of ${ifname} of container ${containerId} in network ${network}`,
    ...(state === 'alive'
      ? { evidence: proofOf(each), repair: restoreRecord(each) }
      : {
          evidence: [`nothing proves that ${netns} is the namespace of the container`],
          ours: true,
          fix: `stop and start container ${containerId}`,
        }),
  })
}

function outdated(each: ObservedAttachment): Finding {
  const { network, containerId, ifname } = each
  return finding({
    kind: 'record-outdated',
    severity: 'warning',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `the record of ${ifname} of container ${containerId} in network ${network} names its namespace by an inode, which can be reused`,
    evidence: proofOf(each),
    repair: restoreRecord(each),
  })
}

function proofOf({ ifname, netns }: ObservedAttachment): readonly string[] {
  return [`${ifname} in ${netns} has the MAC and the addresses that are cached`]
}

function restoreRecord(each: ObservedAttachment): Repair {
  return { kind: 'restore-record', attachment: refOf(each) }
}

/** Networks that no conf list defines while containers are in them. A pod's runtime detaches by the conf lists that it has loaded. */
export function lostNetworkFindings({
  attachments,
  confFaults,
}: ObservedState): readonly Finding[] {
  return attachments
    .filter(({ networkLost }) => networkLost)
    .map((each) => {
      // Somebody may be at work on it: it is not overwritten.
      const damaged = confFaults.find(({ file }) =>
        file.endsWith(`/nerdctl-${each.network}.conflist`),
      )
      return each.pod === undefined ? lostNetwork(each, damaged?.file) : lostUnderPod(each)
    })
}

/** Networks that another program removed under containers that are prepared or stopped. Those that a living one brings back are left out. */
export function removedNetworkFindings({ attachments, lost }: ObservedState): readonly Finding[] {
  const living = new Set(attachments.flatMap((each) => (each.networkLost ? [each.network] : [])))
  return lost.filter(({ name }) => !living.has(name)).map(removedNetwork)
}

function removedNetwork({ name, file, wantedBy, inTheWay }: LostNetwork): Finding {
  const [first = '', ...others] = wantedBy
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return finding({
    kind: 'network-missing',
    subject: { kind: 'network', name },
    message: `network ${name} has no conf list, but container ${first}${more} cannot start without it`,
    evidence: [
      `${file} is missing`,
      'a copy was kept when the container was prepared or connected',
      ...(inTheWay ? [`network ${inTheWay} has a subnet of it by now`] : []),
    ],
    ...(inTheWay
      ? { ours: true, fix: `vethra network create ${name}` }
      : { repair: { kind: 'restore-kept-network', network: name, file } }),
  })
}

function lostNetwork(each: ObservedAttachment, damaged?: string): Finding {
  const { network, containerId } = each
  return finding({
    kind: 'network-missing',
    subject: { kind: 'network', name: network },
    message: `network ${network} has no conf list, but container ${containerId} is attached to it: no container can join it, or start in it again`,
    evidence: [
      damaged === undefined ? 'no conf list defines it' : `${damaged} cannot be used`,
      'the one of its ADD is in the result cache',
    ],
    ...(damaged === undefined
      ? { repair: { kind: 'restore-network', attachment: refOf(each) } }
      : {
          ours: true,
          fix: `mend ${damaged}, or: rm ${shellWord(damaged)} && vethra doctor --repair`,
        }),
  })
}

function lostUnderPod(each: ObservedAttachment): Finding {
  return finding({
    kind: 'network-missing',
    severity: 'warning',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `pod ${each.pod || each.containerId} is attached to network ${each.network}, which no conf list defines: its runtime cannot detach it`,
    evidence: ['the conf list of its ADD is in the result cache, as "config" in base64'],
  })
}
