import { CniError, onCniError } from '@vethra/cni'
import type { ObservedReservation } from '@vethra/findings'
import { ipamDataDirs, type Network } from '@vethra/networks'
import type { DoctorTools } from './doctor-tools.ts'

/** The reservations of all networks, of those that no conf list defines any more too, in the folders that conf lists name and the usual one. */
export async function readReservations(
  tools: DoctorTools,
  networks: readonly Network[],
): Promise<{
  readonly reservations: readonly ObservedReservation[]
  /** Why those of some networks cannot be read. */
  readonly unread: readonly string[]
}> {
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
      const listed = await store.list(place.network).catch(onCniError((error) => error))
      return listed instanceof CniError
        ? listed.message
        : listed.map((reservation) => ({ ...place, reservation }))
    }),
  )
  return {
    reservations: found.flatMap((each) => (typeof each === 'string' ? [] : each)),
    unread: found.filter((each) => typeof each === 'string'),
  }
}
