import { listReservations, type ReservationRow } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { printListing } from './listing.ts'
import type { Tools } from './open-world.ts'
import { reservationShape } from './shapes.ts'

/** The options of `ipam ls`. */
export interface IpamListFlags {
  readonly network?: string
  readonly format: string
}

/** Prints reservations by network, then by address as a number. */
export async function printReservations(tools: Tools, flags: IpamListFlags, io: Io): Promise<void> {
  const items = await listReservations(tools, flags.network)
  const header = ['NETWORK', 'ADDRESS', 'CONTAINER ID', 'INTERFACE', 'SINCE']
  printListing({ items, shape: reservationShape, header, row: cells }, flags.format, io)
}

/** The cells of a reservation in a table: network, address, container id, interface, time. */
export function cells(row: ReservationRow): readonly string[] {
  return Object.values(row)
}
