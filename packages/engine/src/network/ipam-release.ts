import { formatAddress } from '@vethra/address'
import { type CniError, notFoundError, parseAddress, usageError } from '@vethra/cni'
import { emitReleased } from '../emit-events.ts'
import { ipamPlaces, type PlacedReservation, reservationsAt } from './ipam-places.ts'
import type { ManageTools } from './tools.ts'

/** The reservations to release: one of `ip` and `id`. */
export interface ReleaseRequest {
  readonly network: string
  readonly ip?: string
  readonly id?: string
}

/** Gives back an address, or all of a container, and returns each that was freed. Throws CniError 101 when there is none. */
export async function releaseReservations(
  tools: ManageTools,
  request: ReleaseRequest,
): Promise<readonly string[]> {
  const isMeant = meaning(request)
  const all = await reservationsAt(await ipamPlaces(tools, request.network))
  const meant = all.filter(isMeant)
  const freed: string[] = []
  for (const { network, store, reservation } of meant)
    freed.push(...(await store.drop(network, [reservation])).map(({ address }) => address))
  if (freed.length === 0) throw nothingFreed(request, meant.length > 0)
  for (const each of freed) await emitReleased(tools.host, request.network, each)
  return freed
}

function meaning({ ip, id }: ReleaseRequest): (each: PlacedReservation) => boolean {
  if ((ip === undefined) === (id === undefined)) {
    throw usageError(
      ip === undefined ? 'neither --ip nor --id is given' : 'both --ip and --id are given',
      'Give the address with --ip, or the container with --id.',
    )
  }
  if (ip === undefined) return ({ reservation }) => reservation.containerId === id
  const address = formatAddress(parseAddress('--ip', ip))
  return ({ reservation }) => reservation.address === address
}

function nothingFreed({ network, ip, id }: ReleaseRequest, changed: boolean): CniError {
  const what = ip === undefined ? `container ${JSON.stringify(id)}` : `address ${ip}`
  return notFoundError(
    changed
      ? `the reservation of ${what} in network ${network} is being written`
      : `no reservation of ${what} in network ${network}`,
    'List the reservations with "vethra ipam ls".',
  )
}
