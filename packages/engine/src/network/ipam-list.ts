import { ipamPlaces, type PlacedReservation, reservationsAt } from './ipam-places.ts'
import type { ManageTools } from './tools.ts'

/** A reservation as `ipam ls` shows it. */
export interface ReservationRow {
  readonly Network: string
  readonly Address: string
  readonly ContainerID: string
  readonly Interface: string
  readonly Since: string
}

/** Reservations by network, then by address as a number. Throws CniError 101 for a network that is not there. */
export async function listReservations(
  tools: ManageTools,
  network?: string,
): Promise<readonly ReservationRow[]> {
  return (await reservationsAt(await ipamPlaces(tools, network))).map(reservationRow)
}

/** A reservation as it is shown. */
export function reservationRow({ network, reservation }: PlacedReservation): ReservationRow {
  const { address, containerId, ifname = '', sinceMs } = reservation
  return {
    Network: network,
    Address: address,
    ContainerID: containerId,
    Interface: ifname,
    // biome-ignore lint/style/noRestrictedGlobals: it writes a time that was handed in, and reads no clock.
    Since: new Date(sinceMs).toISOString(),
  }
}
