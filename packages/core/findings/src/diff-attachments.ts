import type { Compared } from './compared.ts'
import { fileOf } from './diff-reservations.ts'
import { attachmentText, type Finding, finding, refOf, warning } from './finding.ts'
import type { ObservedAttachment, ObservedReservation } from './observed-state.ts'

/** Attachments whose namespace is gone, and those of ours whose state is unknown. */
export function attachmentFindings(host: Compared): readonly Finding[] {
  const { attachments, reservations } = host.observed
  const unsure = attachments.filter(
    ({ recorded, recordDamaged, state }) => recorded && state === 'unknown' && !recordDamaged,
  )
  // Loopback goes with the namespace, and holds nothing.
  const gone = attachments.filter(
    ({ state, pod, ifname }) => state === 'gone' && !(pod !== undefined && ifname === 'lo'),
  )
  if (gone.length === 0) return unsure.map(unseen)
  const held = Map.groupBy(
    reservations,
    ({ network, reservation }) => `${network} ${reservation.containerId}`,
  )
  return [
    ...unsure.map(unseen),
    ...gone.map((each) => {
      // A reservation of an older host-local names no interface.
      const own = (held.get(`${each.network} ${each.containerId}`) ?? []).filter(
        ({ reservation: { ifname = each.ifname } }) => ifname === each.ifname,
      )
      return dead(each, own, ruleEvidence(each, host))
    }),
  ]
}

function unseen(each: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns } = each
  return warning('attachment-unknown', each, {
    message: `cannot tell whether container ${containerId} is alive: its ${ifname} is attached to network ${network}`,
    evidence: [
      `namespace ${netns || '(none recorded)'} is not visible here, or cannot be proved to be the same`,
    ],
    ours: true,
  })
}

function dead(
  each: ObservedAttachment,
  held: readonly ObservedReservation[],
  rules: readonly string[],
): Finding {
  const { network, containerId, ifname, netns, ours, recorded, remembered, pod } = each
  const who = pod === undefined ? `container ${containerId}` : `pod ${pod || containerId}`
  const addresses = held.map(({ reservation }) => reservation.address).join(', ')
  const holds = addresses === '' ? '' : ` and holds ${addresses}`
  const cnitool = `detach it with the runtime that attached it; with cnitool: cnitool del ${network} ${netns}`
  const fix = pod === undefined ? cnitool : `crictl rmp -f ${containerId}`
  return finding('attachment-dead', each, {
    message: `${who} is gone, but its ${ifname} is still attached to network ${network}${holds}`,
    evidence: [
      `the namespace that was at ${netns} is gone`,
      ...held.map((file) => `${fileOf(file)} is reserved for it`),
      ...(recorded ? ['it is recorded among the attachments that Vethra made'] : []),
      ...(remembered ? ['its configuration is in the result cache'] : []),
      ...rules,
    ],
    ...(ours
      ? { repair: { kind: 'detach', attachment: refOf(each) } }
      : { severity: 'warning', fix }),
  })
}

function ruleEvidence(each: ObservedAttachment, { marks, observed }: Compared): readonly string[] {
  const { masquerading = '', ports = '' } = marks.get(attachmentText(each)) ?? {}
  return observed.firewall.flatMap(({ family, owned }) =>
    [masquerading, ports].flatMap((mark) => {
      const rules = owned.get(mark)
      return rules ? [`${rules.lines.length} IPv${family} firewall rules of chain ${mark}`] : []
    }),
  )
}
