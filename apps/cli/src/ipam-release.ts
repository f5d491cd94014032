import { formatAddress, parseAddress } from '@vethra/ipam'
import { CniError } from '@vethra/spec'
import type { Io } from './io.ts'
import { ipamPlaces, type PlacedReservation, reservationsAt } from './ipam-places.ts'
import type { Tools } from './tools.ts'

/** What `ipam release` is asked for: one of `ip` and `id`. */
export interface ReleaseFlags {
  readonly network: string
  readonly ip?: string
  readonly id?: string
}

/** Gives back an address, or all of a container, and prints each that was freed. Throws CniError 101 when there is none. */
export async function releaseReservations(
  tools: Tools,
  flags: ReleaseFlags,
  io: Io,
): Promise<void> {
  const isMeant = meaning(flags)
  const all = await reservationsAt(await ipamPlaces(tools, flags.network))
  const meant = all.filter(isMeant)
  let freed = 0
  for (const { network, store, reservation } of meant) {
    for (const { address } of await store.drop(network, [reservation])) {
      freed += 1
      io.print(address)
    }
  }
  if (freed === 0) throw nothingFreed(flags, meant.length > 0)
}

function meaning({ ip, id }: ReleaseFlags): (each: PlacedReservation) => boolean {
  if ((ip === undefined) === (id === undefined)) {
    throw new CniError({
      code: 103,
      message: `${ip === undefined ? 'neither' : 'both'} --ip and --id given`,
      hint: 'Give the address with --ip, or the container with --id.',
    })
  }
  if (ip === undefined) return ({ reservation }) => reservation.containerId === id
  const address = formatAddress(parseAddress('--ip', ip))
  return ({ reservation }) => reservation.address === address
}

function nothingFreed({ network, ip, id }: ReleaseFlags, changed: boolean): CniError {
  const what = ip === undefined ? `container ${JSON.stringify(id)}` : `address ${ip}`
  return new CniError({
    code: 101,
    message: changed
      ? `the reservation of ${what} in network ${network} is being written`
      : `no reservation of ${what} in network ${network}`,
    hint: 'List the reservations with "vethra ipam ls".',
  })
}
