import type { Reservation } from '@vethra/ipam'
import { ipamDataDirs, type Network } from '@vethra/networks'
import type { IpamStore } from '@vethra/world'
import { knownNetworks } from './known-networks.ts'
import { networksNotFound } from './one-network.ts'
import type { ManageTools } from './tools.ts'

interface IpamPlace {
  readonly network: string
  readonly store: IpamStore
}

/** A reservation, and where it is. */
export interface PlacedReservation extends IpamPlace {
  readonly reservation: Reservation
}

/** The networks that can have reservations, by name: of the default dataDir and of conf lists. Throws CniError 101 for a name of none. */
export async function ipamPlaces(tools: ManageTools, only?: string): Promise<readonly IpamPlace[]> {
  const all = [...(await ofDefaultDir(tools)), ...(await ofConfLists(tools))]
  const unique = new Map(all.map((each) => [`${each.dataDir}/${each.network}`, each]))
  const places = [...unique.values()]
    .filter(({ network }) => only === undefined || network === only)
    .sort((a, b) => (a.network < b.network ? -1 : a.network > b.network ? 1 : 0))
  if (only !== undefined && places.length === 0) throw networksNotFound([only])
  return Promise.all(places.map((each) => placeAt(tools, each)))
}

/** Where one network may have reservations: in the default dataDir, and in those that its conf list means. */
export async function placesOfNetwork(
  tools: ManageTools,
  network: Network,
): Promise<readonly IpamPlace[]> {
  const dirs = new Set([tools.host.places.networks, ...ipamDataDirs(network)])
  return Promise.all([...dirs].map((dataDir) => placeAt(tools, { dataDir, network: network.name })))
}

/** Every reservation of these places, in their order. */
export async function reservationsAt(
  places: readonly IpamPlace[],
): Promise<readonly PlacedReservation[]> {
  const lists = await Promise.all(
    places.map(async (place) =>
      (await place.store.list(place.network)).map((reservation) => ({ ...place, reservation })),
    ),
  )
  return lists.flat()
}

interface Place {
  readonly dataDir: string
  readonly network: string
}

async function ofDefaultDir({ ipamAt, host }: ManageTools): Promise<readonly Place[]> {
  const dataDir = host.places.networks
  return (await (await ipamAt(dataDir)).networks()).map((network) => ({ dataDir, network }))
}

async function ofConfLists(tools: ManageTools): Promise<readonly Place[]> {
  return (await knownNetworks(tools.networks)).flatMap((network) =>
    ipamDataDirs(network).map((dataDir) => ({ dataDir, network: network.name })),
  )
}

async function placeAt({ ipamAt }: ManageTools, { dataDir, network }: Place): Promise<IpamPlace> {
  return { network, store: await ipamAt(dataDir) }
}
