import type { AttachmentKey } from '@vethra/cni'
import { reasonToKeep } from '@vethra/ipam'
import type { Compared } from './compared.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { clockSlackMs } from './diff-host.ts'
import { about, attachmentText, type Finding, finding, refOf } from './finding.ts'
import type { ObservedReservation } from './observed-state.ts'

/** Stale reservations, and addresses in use without a reservation. */
export function reservationFindings(host: Compared): readonly Finding[] {
  const { networks, attachments } = host.desired
  const { reservations } = host.observed
  const ours = new Set(networks.filter((each) => each.ours).map(({ name }) => name))
  const reserved = new Map(reservations.map((each) => [fileOf(each), each]))
  return [
    ...reservations
      .filter((each) => isDead(each, host))
      .map((each) => {
        const { network, reservation } = each
        return dead(each, ours.has(network) || host.ourContainers.has(reservation.containerId))
      }),
    ...attachments.flatMap((each) => unreserved(each, reserved)),
  ]
}

function isDead(
  { network, reservation }: ObservedReservation,
  { observed: { signs, nowMs }, byContainer, ourContainers, wanted }: Compared,
): boolean {
  const { address, containerId, ifname } = reservation
  const attached = (byContainer.get(containerId) ?? []).filter(
    (each) => each.network === network && (ifname === undefined || each.ifname === ifname),
  )
  // Of others nobody knows what they have.
  const has = (each: AttachmentKey) =>
    wanted.get(attachmentText(each))?.addresses.some((own) => own.address === address) ?? true
  if (attached.length > 0) return !attached.some(has)
  // That a container of ours is known is no sign of life: it holds addresses only while it is attached.
  const ours = ourContainers.has(containerId)
  const nobody: ReadonlySet<string> = new Set()
  const telling = ours ? { ...signs, known: nobody, recorded: nobody, cached: nobody } : signs
  // One from the future would be too young for ever.
  const sinceMs = reservation.sinceMs > nowMs + clockSlackMs ? 0 : reservation.sinceMs
  return reasonToKeep({ ...reservation, sinceMs }, telling, nowMs) === undefined
}

function dead(each: ObservedReservation, ours: boolean): Finding {
  const { network, dataDir, reservation } = each
  const { address, containerId, ifname } = reservation
  const isEmpty = containerId === ''
  return finding('reservation-dead', about('reservation', `${network}/${address}`), {
    message: isEmpty
      ? `address ${address} of network ${network} has an empty reservation file, which blocks it`
      : `address ${address} of network ${network} is reserved for container ${containerId}, which does not have it`,
    evidence: [
      `${fileOf(each)}${ifname === undefined ? '' : ` names ${ifname}`}`,
      isEmpty
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
  const { network, containerId, dataDir } = attachment
  if (dataDir === undefined) return []
  return attachment.addresses.flatMap(({ address }) => {
    const file = `${dataDir}/${network}/${address}`
    const holder = reserved.get(file)?.reservation.containerId
    if (holder === containerId) return []
    const subject = about('attachment', `${attachmentText(attachment)} ${address}`)
    const has = `container ${containerId} has address ${address} of network ${network}`
    if (holder === undefined)
      return finding('reservation-missing', subject, {
        message: `${has} without a reservation: another container may get it, too`,
        evidence: [`there is no ${file}`],
        repair: { kind: 'reserve-address', attachment: refOf(attachment), dataDir, address },
      })
    return finding('address-twice', subject, {
      message: `${has}, but the reservation of that address names ${holder === '' ? 'no container' : `container ${holder}`}`,
      evidence: [file],
      ours: true,
      fix: `stop and start container ${containerId}`,
    })
  })
}

/** The file that a reservation is in. */
export function fileOf({ dataDir, network, reservation }: ObservedReservation): string {
  return `${dataDir}/${network}/${reservation.address}`
}
