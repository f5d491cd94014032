import type { Marks } from '@vethra/firewall'
import { attachmentText, refOf } from './attachment-ref.ts'
import type { DesiredState } from './desired-state.ts'
import { firewallFindings } from './diff-firewall.ts'
import { interfaceFindings } from './diff-interfaces.ts'
import { type Finding, finding, repairable } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedAttachment, ObservedReservation, ObservedState } from './observed-state.ts'
import type { Repair } from './repair.ts'

/** Attachments whose namespace is gone, and those of ours whose state is unknown. */
export function attachmentFindings(
  observed: ObservedState,
  { marks }: Pick<Maps, 'marks'>,
): readonly Finding[] {
  const unsure = observed.attachments.filter(
    ({ recorded, recordDamaged, state }) => recorded && state === 'unknown' && !recordDamaged,
  )
  return [...unsure.map(unseen), ...deadFindings(observed, marks)]
}

function unseen(each: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns } = each
  return finding({
    kind: 'attachment-unknown',
    severity: 'warning',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `cannot tell whether container ${containerId} is alive: its ${ifname} is attached to network ${network}`,
    evidence: [
      `namespace ${netns || '(none recorded)'} is not visible here, or cannot be proved to be the same`,
    ],
    ours: true,
  })
}

function deadFindings(observed: ObservedState, marks: Maps['marks']): readonly Finding[] {
  // Loopback goes with the namespace, and holds nothing.
  const gone = observed.attachments.filter(
    ({ state, pod, ifname }) => state === 'gone' && !(pod !== undefined && ifname === 'lo'),
  )
  if (gone.length === 0) return []
  const held = Map.groupBy(observed.reservations, holderOf)
  return gone.map((each) => {
    const rules = ruleEvidence(marks.get(attachmentText(each)), observed)
    return dead(each, heldBy(each, held.get(`${each.network} ${each.containerId}`)), rules)
  })
}

function holderOf({ network, reservation }: ObservedReservation): string {
  return `${network} ${reservation.containerId}`
}

// A reservation of an older host-local names no interface.
function heldBy(
  { ifname }: ObservedAttachment,
  reservations: readonly ObservedReservation[] = [],
): readonly ObservedReservation[] {
  return reservations.filter(({ reservation }) => (reservation.ifname ?? ifname) === ifname)
}

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
  const known = {
    kind: 'record-damaged',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `cannot read the record of ${ifname} of container ${containerId} in network ${network}`,
  } as const
  if (state === 'alive') {
    const evidence = [`${ifname} in ${netns} has the MAC and the addresses that are cached`]
    return repairable({ ...known, evidence, repair: restoreRecord(each) })
  }
  return finding({
    ...known,
    severity: 'error',
    evidence: [`nothing proves that ${netns} is the namespace of the container`],
    ours: true,
    fix: `stop and start container ${containerId}`,
  })
}

function outdated(each: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns } = each
  return repairable({
    kind: 'record-outdated',
    severity: 'warning',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `the record of ${ifname} of container ${containerId} in network ${network} names its namespace by an inode, which can be reused`,
    evidence: [`${ifname} in ${netns} has the MAC and the addresses that are cached`],
    repair: restoreRecord(each),
  })
}

function restoreRecord(each: ObservedAttachment): Repair {
  return { kind: 'restore-record', attachment: refOf(each) }
}

function dead(
  attachment: ObservedAttachment,
  held: readonly ObservedReservation[],
  rules: readonly string[],
): Finding {
  const { network, containerId, ifname, netns, ours, recorded, remembered, pod } = attachment
  const who = pod === undefined ? `container ${containerId}` : `pod ${pod || containerId}`
  const addresses = held.map(({ reservation }) => reservation.address).join(', ')
  const holds = held.length === 0 ? '' : ` and holds ${addresses}`
  const known = {
    kind: 'attachment-dead',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `${who} is gone, but its ${ifname} is still attached to network ${network}${holds}`,
    evidence: [
      `the namespace that was at ${netns} is gone`,
      ...held.map(
        ({ dataDir, reservation: { address } }) =>
          `${dataDir}/${network}/${address} is reserved for it`,
      ),
      ...(recorded ? ['it is recorded among the attachments that Vethra made'] : []),
      ...(remembered ? ['its configuration is in the result cache'] : []),
      ...rules,
    ],
  } as const
  if (ours)
    return repairable({ ...known, repair: { kind: 'detach', attachment: refOf(attachment) } })
  return finding({
    ...known,
    severity: 'warning',
    ours,
    fix:
      pod === undefined
        ? `detach it with the runtime that attached it; with cnitool: cnitool del ${network} ${netns}`
        : `crictl rmp -f ${containerId}`,
  })
}

/** Networks that no conf list defines while containers are in them. A pod's runtime detaches by the conf lists that it has loaded. */
export function lostNetworkFindings({ attachments }: ObservedState): readonly Finding[] {
  return attachments
    .filter(({ networkLost }) => networkLost)
    .map((each) => (each.pod === undefined ? lostNetwork(each) : lostUnderPod(each)))
}

function lostNetwork(each: ObservedAttachment): Finding {
  const { network, containerId } = each
  return repairable({
    kind: 'network-missing',
    subject: { kind: 'network', name: network },
    message: `network ${network} has lost its conf list while container ${containerId} is in it: none can join it, or start in it again`,
    evidence: ['no conf list defines it', 'the one of its ADD is in the result cache'],
    repair: { kind: 'restore-network', attachment: refOf(each) },
  })
}

function lostUnderPod(each: ObservedAttachment): Finding {
  return finding({
    kind: 'network-missing',
    severity: 'warning',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `pod ${each.pod || each.containerId} is attached to network ${each.network}, which no conf list defines: its runtime cannot detach it`,
    evidence: ['the conf list of its ADD is in the result cache, as "config" in base64'],
    ours: false,
  })
}

function ruleEvidence(
  { masquerading, ports }: Marks = { masquerading: '', ports: '' },
  { firewall }: ObservedState,
): readonly string[] {
  return firewall.flatMap(({ family, owned }) =>
    [masquerading, ports].flatMap((mark) => {
      const rules = owned.get(mark)
      return rules ? [`${rules.lines.length} IPv${family} firewall rules of chain ${mark}`] : []
    }),
  )
}

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
  const known = {
    kind: 'result-lost',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `the cache entry of ${ifname} of container ${containerId} in network ${network} is missing: detaching it would leave rules and reservations`,
    evidence: [
      `the namespace at ${netns} is alive`,
      'it is recorded, but there is no usable cache entry',
    ],
  } as const
  if (restorable) {
    return repairable({
      ...known,
      repair: { kind: 'restore-result', attachment: refOf(attachment) },
    })
  }
  return finding({
    ...known,
    severity: 'error',
    ours: true,
    fix: `stop and start container ${containerId}`,
  })
}

function unfinished(attachment: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns } = attachment
  return repairable({
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
