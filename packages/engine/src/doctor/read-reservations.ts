import type { ObservedReservation } from '@vethra/findings'
import { ipamDataDirs, type Network } from '@vethra/networks'
import type { DoctorTools } from './doctor-tools.ts'

/** The reservations of all networks, of those that no conf list defines any more too, in the folders that conf lists name and the usual one. */
export async function readReservations(
  tools: DoctorTools,
  networks: readonly Network[],
): Promise<readonly ObservedReservation[]> {
  const dataDir = tools.host.places.networks
  const known = (await (await tools.ipam(dataDir)).networks()).map((network) => ({
    dataDir,
    network,
  }))
  const listed = networks.flatMap((network) =>
    ipamDataDirs(network).map((each) => ({ dataDir: each, network: network.name })),
  )
  const places = new Map(
    [...known, ...listed].map((each) => [`${each.dataDir}/${each.network}`, each]),
  )
  const found = await Promise.all(
    [...places.values()].map(async (place) => {
      const store = await tools.ipam(place.dataDir)
      const listed = await store.list(place.network)
      return listed.map((reservation) => ({ ...place, reservation }))
    }),
  )
  return found.flat()
}
