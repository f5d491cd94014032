import type { Marks } from '@vethra/firewall'
import { attachmentText, refOf } from './attachment-ref.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedAttachment, ObservedReservation, ObservedState } from './observed-state.ts'

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

function dead(
  attachment: ObservedAttachment,
  held: readonly ObservedReservation[],
  rules: readonly string[],
): Finding {
  const { network, containerId, ifname, netns, ours, recorded, remembered, pod } = attachment
  const who = pod === undefined ? `container ${containerId}` : `pod ${pod || containerId}`
  const addresses = held.map(({ reservation }) => reservation.address).join(', ')
  const foreign = {
    severity: 'warning',
    fix:
      pod === undefined
        ? `detach it with the runtime that attached it; with cnitool: cnitool del ${network} ${netns}`
        : `crictl rmp -f ${containerId}`,
  } as const
  const holds = held.length === 0 ? '' : ` and holds ${addresses}`
  return finding({
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
    ...(ours ? { repair: { kind: 'detach', attachment: refOf(attachment) } } : foreign),
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
