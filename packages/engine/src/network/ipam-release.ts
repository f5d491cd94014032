import { formatAddress } from '@vethra/address'
import {
  type CniError,
  inUseError,
  notFoundError,
  parseAddress,
  type Result,
  usageError,
} from '@vethra/cni'
import type { AttachmentRecord } from '@vethra/world'
import { findLiving } from '../attach/life.ts'
import { emitReleased } from '../emit-events.ts'
import { ipamPlaces, type PlacedReservation, reservationsAt } from './ipam-places.ts'
import type { ManageTools } from './tools.ts'

/** The reservations to release: one of `ip` and `id`. */
export interface ReleaseRequest {
  readonly network: string
  readonly ip?: string
  readonly id?: string
}

/** Gives back an address, or all of a container, and returns each that was freed. Throws CniError 101 when there is none, 102 for one in use: then none is freed. */
export async function releaseReservations(
  tools: ManageTools,
  request: ReleaseRequest,
): Promise<readonly string[]> {
  const isMeant = meaning(request)
  const all = await reservationsAt(await ipamPlaces(tools, request.network))
  const meant = all.filter(isMeant)
  for (const each of meant) await refuseUsed(tools, each)
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

// Its container would go on using it, and the next one would get it, too.
async function refuseUsed(
  { host, settings }: ManageTools,
  { network, reservation }: PlacedReservation,
): Promise<void> {
  const { containerId, address, ifname } = reservation
  const records = (await host.records.list(containerId)).filter(
    (each) => each.network === network && each.ifname === (ifname ?? each.ifname),
  )
  const isHeld = (result: Result | undefined) =>
    result?.ips.some((each) => each.address.startsWith(`${address}/`)) ?? true
  const user = await findLiving(host, records, isHeld)
  if (user) throw used(address, user, settings.namespace)
}

function used(address: string, record: AttachmentRecord, here: string): CniError {
  const { network, containerId, container, netns } = record
  const { namespace = '', id = '' } = container ?? {}
  const end =
    namespace === ''
      ? `cni del ${network} ${netns}`
      : `${namespace === here ? '' : `--namespace ${namespace} `}network disconnect ${network} ${id}`
  return inUseError(
    `address ${address} of network ${network} is used by container ${id || containerId}, which runs`,
    `End its use first: vethra ${end}`,
  )
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
