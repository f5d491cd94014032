import { listReservations, type ReservationRow } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { unsupported } from './flags.ts'
import { table } from './table.ts'
import type { Tools } from './tools.ts'

/** The options of `ipam ls`. */
export interface IpamListFlags {
  readonly network?: string
  readonly format: string
}

/** Prints reservations by network, then by address as a number. */
export async function printReservations(tools: Tools, flags: IpamListFlags, io: Io): Promise<void> {
  const { format, network } = flags
  if (format !== 'json' && format !== 'table') {
    throw unsupported('--format', format, 'table or json')
  }
  const rows = await listReservations(tools, network)
  if (format === 'json') {
    io.print(JSON.stringify(rows, null, 2))
    return
  }
  const header = ['NETWORK', 'ADDRESS', 'CONTAINER ID', 'INTERFACE', 'SINCE']
  for (const line of table(header, rows.map(cells), { terminal: io.isTerminal() }))
    io.printStyled(line)
}

/** A reservation as people see it: network, address, container id, interface, time. */
export function cells(row: ReservationRow): readonly string[] {
  return Object.values(row)
}
