import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { CniError, checkContainerId, checkIfname, checkNetworkName, guards } from '@vethra/cni'
import type { Holder } from '@vethra/ipam'
import type { Lock } from '@vethra/world'
import { failing } from './failure.ts'
import { type Holders, openHolders } from './holders.ts'
import { makeNetworkFolder } from './network-folder.ts'
import { removeDrafts } from './reservation-file.ts'

/** Where the store lies. */
export interface DiskIpamStoreOptions {
  /** host-local's `dataDir`: `/var/lib/cni/networks` unless a conf says otherwise. A network's reservations lie in `dataDir/NETWORK`. */
  readonly dataDir: string
  /** Taken on `dataDir/NETWORK/lock` around each step, for round robin and one address an interface; flock(2) excludes Go's host-local. */
  readonly lock: Lock
  /** A folder for an index of each network, gone with a boot, 32 to 64 octets a reservation. Default: none, every file is read. */
  readonly indexDir?: string
}

/** A network's folder while its lock is held. */
export interface Session {
  readonly dataDir: string
  readonly folder: string
  /** The prefix of this network's draft names. */
  readonly mark: string
  readonly holders: Holders
}

/** Runs `work` while the lock of a network is held; makes its folder where it is missing. */
export async function withFolder<T>(
  places: DiskIpamStoreOptions,
  network: string,
  work: (session: Session) => T,
): Promise<T> {
  checkNetworkName(network)
  const { dataDir, lock } = places
  const path = guards.reservations({ networks: dataDir }, network)
  makeNetworkFolder(dataDir, path)
  return lock.hold(path, async () => {
    const folder = join(dataDir, network)
    const holders = openHolders(folder, indexPath(places, folder))
    try {
      return work({ dataDir, folder, mark: markOf(folder), holders })
    } finally {
      holders.close()
    }
  })
}

/** As `withFolder`, for a change: the drafts of killed writers go before it. */
export async function changeFolder<T>(
  places: DiskIpamStoreOptions,
  network: string,
  change: (session: Session) => T,
): Promise<T> {
  return withFolder(places, network, (session) => {
    // Drafts are named by the folder and made under its lock: the writers of those that are there now are dead.
    removeDrafts(session.dataDir, session.mark)
    return change(session)
  })
}

/** The prefix of a network's draft names: beside its folder, and by its number. */
export function markOf(folder: string): string {
  return `.vethra-${numberOf(folder)}-`
}

/** Where the index of a folder lies, by the numbers of the folder: two names of it share one. */
export function indexPath(
  { indexDir }: Pick<DiskIpamStoreOptions, 'indexDir'>,
  folder: string,
): string | undefined {
  if (indexDir === undefined) return undefined
  return join(indexDir, numberOf(folder))
}

// The root of each tmpfs has the same inode.
function numberOf(folder: string): string {
  const { dev, ino } = failing(`look at ${folder}`, () => lstatSync(folder))
  return `${dev}-${ino}`
}

/** The content of a holder's reservation, and that of old versions of host-local. Throws CniError 4 for an invalid holder. */
export function textsOf(holder: Holder): { readonly exact: string; readonly old: string } {
  // host-local trims the id, so that what reads the file back compares the same.
  const id = holder.containerId.trim()
  checkContainerId(id)
  checkIfname(holder.ifname)
  if (id.length > longestId) {
    throw new CniError({
      code: 4,
      message: `container id is longer than ${longestId} octets`,
      details: `${id.slice(0, 64)}…`,
      hint: 'Give a shorter container id: files of host-local hold no longer one.',
    })
  }
  return { exact: `${id}\r\n${holder.ifname}`, old: id }
}

const longestId = 1024
