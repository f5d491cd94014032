import { unsupported } from './flags.ts'
import type { Io } from './io.ts'
import { ipamPlaces, type PlacedReservation, reservationsAt } from './ipam-places.ts'
import { table } from './table.ts'
import type { Tools } from './tools.ts'

/** What `ipam ls` is asked for. */
export interface IpamListFlags {
  readonly network?: string
  readonly format: string
}

/** Lists reservations by network, then by address as a number. */
export async function listReservations(tools: Tools, flags: IpamListFlags, io: Io): Promise<void> {
  const { format, network } = flags
  if (format !== 'json' && format !== 'table') {
    throw unsupported('--format', format, 'table or json')
  }
  const all = await reservationsAt(await ipamPlaces(tools, network))
  if (format === 'json') {
    io.print(JSON.stringify(all.map(asJson), null, 2))
    return
  }
  const header = ['NETWORK', 'ADDRESS', 'CONTAINER ID', 'INTERFACE', 'SINCE']
  for (const line of table(header, all.map(asRow), io.terminal)) io.print(line)
}

/** A reservation as people see it: network, address, container id, interface, time. No cell breaks a line. */
export function asRow(each: PlacedReservation): readonly string[] {
  return Object.values(asJson(each)).map((cell) => cell.replace(/\p{Cc}+/gu, ' '))
}

function asJson({ network, reservation }: PlacedReservation): Readonly<Record<string, string>> {
  const { address, containerId, ifname = '', sinceMs } = reservation
  return {
    Network: network,
    Address: address,
    ContainerID: containerId,
    Interface: ifname,
    Since: new Date(sinceMs).toISOString(),
  }
}
