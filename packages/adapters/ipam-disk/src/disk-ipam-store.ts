import type { IpamStore, RemoveNetworkOptions, Reservation } from '@vethra/ipam'
import { CniError } from '@vethra/spec'
import { networkFolder } from './network-folder.ts'
import { readReservations } from './read-reservations.ts'
import { removeFolder } from './remove-folder.ts'

/** Where the store lies. */
export interface DiskIpamStoreOptions {
  /** host-local's `dataDir`: `/var/lib/cni/networks` unless a conf says otherwise. A network's reservations lie in `dataDir/NETWORK`. */
  readonly dataDir: string
}

/**
 * The reservations of host-local, in its own layout (backend/disk): a file for each address, named
 * by it, that holds container id, CR LF and ifname. Nothing outside `dataDir` is ever touched: a name that
 * could lead elsewhere is refused, and so is a network's folder that is a symbolic link.
 */
export function diskIpamStore({ dataDir }: DiskIpamStoreOptions): IpamStore {
  return {
    async list(network: string): Promise<readonly Reservation[]> {
      const folder = await networkFolder(dataDir, network)
      return folder === undefined ? [] : readReservations(folder)
    },

    async removeNetwork(network: string, options: RemoveNetworkOptions = {}): Promise<void> {
      const folder = await networkFolder(dataDir, network)
      if (folder === undefined) return
      if (!options.evenIfReserved) refuseReserved(network, await readReservations(folder))
      await removeFolder(folder)
    },
  }
}

function refuseReserved(network: string, reservations: readonly Reservation[]): void {
  if (reservations.length === 0) return
  const held = reservations.map(({ address, containerId }) =>
    containerId === '' ? address : `${address} by ${containerId}`,
  )
  const more = held.length > 3 ? [`${held.length - 3} more`] : []
  throw new CniError({
    code: 102,
    message: `cannot remove the reservations of network ${network}: addresses are reserved`,
    details: [...held.slice(0, 3), ...more].join(', '),
    hint: 'Remove the containers that hold them first.',
  })
}
