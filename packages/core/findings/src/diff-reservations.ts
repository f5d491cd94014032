import type { AttachmentKey } from '@vethra/cni'
import { type Reservation, reasonToKeep } from '@vethra/ipam'
import { attachmentText } from './attachment-ref.ts'
import type { DesiredAttachment, DesiredState } from './desired-state.ts'
import { clockSlackMs } from './diff-clock.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedReservation, ObservedState } from './observed-state.ts'

/** Stale reservations, and addresses in use without a reservation. */
export function reservationFindings(
  desired: DesiredState,
  observed: ObservedState,
  maps: Maps,
): readonly Finding[] {
  const ours = new Set(desired.networks.filter((each) => each.ours).map(({ name }) => name))
  const reserved = new Map(observed.reservations.map((each) => [placeOf(each), each]))
  const made = new Map(desired.attachments.map((each) => [attachmentText(each), each]))
  return [
    ...observed.reservations
      .filter((each) => isDead(each, observed, { ...maps, made }))
      .map((each) => dead(each, ours.has(each.network) || isOfOurs(each, maps))),
    ...desired.attachments.flatMap((each) => unreserved(each, reserved)),
  ]
}

function isDead(
  { network, reservation }: ObservedReservation,
  { signs, nowMs }: ObservedState,
  {
    byContainer,
    ourContainers,
    made,
  }: Maps & { readonly made: ReadonlyMap<string, DesiredAttachment> },
): boolean {
  const { address, containerId, ifname } = reservation
  const attached = (byContainer.get(containerId) ?? []).filter(
    (each) => each.network === network && (ifname === undefined || each.ifname === ifname),
  )
  // Of others nobody knows what they have.
  const has = (each: AttachmentKey) =>
    made.get(attachmentText(each))?.addresses.some((own) => own.address === address) ?? true
  if (attached.length > 0) return !attached.some(has)
  // That a container of ours is known is no sign of life: it holds addresses only while it is attached.
  const ours = ourContainers.has(containerId)
  const nobody: ReadonlySet<string> = new Set()
  const telling = ours ? { ...signs, known: nobody, recorded: nobody, cached: nobody } : signs
  return reasonToKeep(datedInThePast(reservation, nowMs), telling, nowMs) === undefined
}

// One from the future would be too young for ever.
function datedInThePast<T extends Reservation>(reservation: T, nowMs: number): T {
  return reservation.sinceMs > nowMs + clockSlackMs ? { ...reservation, sinceMs: 0 } : reservation
}

function isOfOurs({ reservation }: ObservedReservation, { ourContainers }: Maps): boolean {
  return ourContainers.has(reservation.containerId)
}

function dead({ network, dataDir, reservation }: ObservedReservation, ours: boolean): Finding {
  const { address, containerId, ifname } = reservation
  return finding({
    kind: 'reservation-dead',
    subject: { kind: 'reservation', name: `${network}/${address}` },
    message:
      containerId === ''
        ? `address ${address} of network ${network} has an empty reservation file, which blocks it`
        : `address ${address} of network ${network} is reserved for container ${containerId}, which does not have it`,
    evidence: [
      `${dataDir}/${network}/${address}${ifname === undefined ? '' : ` names ${ifname}`}`,
      containerId === ''
        ? 'the file is empty: its writer was killed'
        : 'no attachment of that container has this address',
    ],
    ...(ours
      ? { repair: { kind: 'release-address', dataDir, network, reservation } }
      : { severity: 'warning', fix: `vethra ipam gc --network ${network}` }),
  })
}

function unreserved(
  attachment: DesiredAttachment,
  reserved: ReadonlyMap<string, ObservedReservation>,
): readonly Finding[] {
  const { network, containerId, ifname, dataDir } = attachment
  if (dataDir === undefined) return []
  return attachment.addresses.flatMap(({ address }) => {
    const there = reserved.get(placeOf({ dataDir, network, reservation: { address } }))
    if (there?.reservation.containerId === containerId) return []
    const subject = {
      kind: 'attachment',
      name: `${attachmentText(attachment)} ${address}`,
    } as const
    const file = `${dataDir}/${network}/${address}`
    const has = `container ${containerId} has address ${address} of network ${network}`
    const ref = { network, containerId, ifname }
    if (there === undefined)
      return finding({
        kind: 'reservation-missing',
        subject,
        message: `${has} without a reservation: another container may get it, too`,
        evidence: [`there is no ${file}`],
        repair: { kind: 'reserve-address', attachment: ref, dataDir, address },
      })
    const holder = there.reservation.containerId
    return finding({
      kind: 'address-twice',
      subject,
      message: `${has}, but the reservation of that address names ${holder === '' ? 'no container' : `container ${holder}`}`,
      evidence: [file],
      ours: true,
      fix: `stop and start container ${containerId}`,
    })
  })
}

function placeOf({
  dataDir,
  network,
  reservation,
}: {
  readonly dataDir: string
  readonly network: string
  readonly reservation: { readonly address: string }
}): string {
  return `${dataDir}/${network}/${reservation.address}`
}
