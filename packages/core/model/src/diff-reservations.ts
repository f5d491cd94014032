import { reasonToKeep } from '@vethra/ipam'
import type { DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedReservation, ObservedState } from './observed-state.ts'

/** Addresses that nobody holds any more. */
export function reservationFindings(
  { networks }: DesiredState,
  { reservations, signs, nowMs }: ObservedState,
): readonly Finding[] {
  const ours = new Set(networks.filter((each) => each.ours).map(({ name }) => name))
  return reservations
    .filter(({ reservation }) => reasonToKeep(reservation, signs, nowMs) === undefined)
    .map((each) => dead(each, ours.has(each.network)))
}

function dead({ network, dataDir, reservation }: ObservedReservation, ours: boolean): Finding {
  const { address, containerId } = reservation
  const holder = containerId === '' ? 'nobody' : `container ${containerId}`
  return finding({
    kind: 'reservation-dead',
    severity: ours ? 'error' : 'warning',
    subject: { kind: 'reservation', name: `${network}/${address}` },
    message: `address ${address} of network ${network} is reserved for ${holder}, which is gone`,
    evidence: [
      `${dataDir}/${network}/${address}`,
      containerId === ''
        ? 'the file is empty: its writer was killed'
        : 'no namespace, no attachment cached or recorded, unknown to every store and runtime',
    ],
    ours,
    fix: ours ? 'vethra doctor --repair' : `vethra ipam gc --network ${network}`,
    ...(ours ? { repair: { kind: 'release-address', dataDir, network, reservation } } : {}),
  })
}
