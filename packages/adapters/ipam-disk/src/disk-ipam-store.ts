import { rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isCanonical } from '@vethra/address'
import { type CniError, checkNetworkName, inUseError, passes } from '@vethra/cni'
import type { Reservation } from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'
import { claimAddress } from './claim-address.ts'
import { entriesIn, failure, hasCode, isMissing } from './failure.ts'
import { networkFolder } from './network-folder.ts'
import { readReservations, reservedIn } from './read-reservations.ts'
import { dropReservation, heldAddresses, releaseAddresses } from './release-addresses.ts'
import { removeDrafts } from './reservation-file.ts'
import {
  changeFolder,
  type DiskIpamStoreOptions,
  indexPath,
  markOf,
  withFolder,
} from './session.ts'

/**
 * The reservations of host-local, in its own layout (backend/disk): a file for each address, named
 * by it, that holds container id, CR LF and ifname. Go's host-local can work there at the same time. A
 * file appears whole or not at all, and only where none is: link(2) sees to both. An empty file that a
 * killed host-local left counts as free when it is older than ten seconds. Nothing outside `dataDir` is
 * ever touched: a name that could lead elsewhere is refused, and so is a folder that is a symbolic link.
 */
export function diskIpamStore(options: DiskIpamStoreOptions): IpamStore {
  const { dataDir } = options
  const existing = (network: string) => networkFolder(dataDir, network)
  return {
    networks: async () => networksIn(dataDir),

    async list(network) {
      const folder = await existing(network)
      return folder === undefined ? [] : readReservations(folder)
    },

    async taken(network) {
      const folder = await existing(network)
      return folder === undefined ? [] : reservedIn(folder)
    },

    held: (network, holder) =>
      withFolder(options, network, (session) => heldAddresses(session, holder)),

    reserveFirst: (network, claim) =>
      changeFolder(options, network, (session) => claimAddress(session, claim)),

    release: (network, holder) =>
      changeFolder(options, network, (session) => releaseAddresses(session, holder)),

    async drop(network, reservations) {
      const folder = await existing(network)
      if (folder === undefined || reservations.length === 0) return []
      return changeFolder(options, network, (session) =>
        reservations.filter((each) => dropReservation(session, each)),
      )
    },

    async removeNetwork(network) {
      const folder = await existing(network)
      if (folder === undefined) return
      refuseReserved(network, await readReservations(folder))
      await removeWithIndex(options, folder)
    },
  }
}

async function removeWithIndex(options: DiskIpamStoreOptions, folder: string): Promise<void> {
  const index = indexPath(options, folder)
  const mark = markOf(folder)
  await removeFolder(folder)
  removeDrafts(options.dataDir, mark)
  if (index !== undefined) rmSync(index, { force: true, recursive: true })
}

function networksIn(dataDir: string): readonly string[] {
  const folders = entriesIn(dataDir).filter(
    (entry) => entry.isDirectory() && passes(() => checkNetworkName(entry.name)),
  )
  return folders.map(({ name }) => name).sort()
}

function refuseReserved(network: string, reservations: readonly Reservation[]): void {
  if (reservations.length === 0) return
  const held = reservations.map(({ address, containerId }) =>
    containerId === '' ? address : `${address} by ${containerId}`,
  )
  const more = held.length > 3 ? [`${held.length - 3} more`] : []
  throw inUseError(`cannot remove the reservations of network ${network}: addresses are reserved`, {
    details: [...held.slice(0, 3), ...more].join(', '),
    hint: 'Remove the containers that hold them first.',
  })
}

async function removeFolder(folder: string): Promise<void> {
  const entries = entriesIn(folder)
  const foreign = entries.filter((entry) => entry.isDirectory() || !isOfHostLocal(entry.name))
  if (foreign.length > 0)
    throw notEmpty(
      folder,
      foreign.map(({ name }) => name),
    )
  for (const { name } of entries) removed(join(folder, name), unlinkSync)
  // A mount on the folder is its owner's, and stays.
  removed(folder, rmdirSync, 'EBUSY')
}

function isOfHostLocal(name: string): boolean {
  return name === 'lock' || /^last_reserved_ip\.\d+$/.test(name) || isCanonical(name)
}

function removed(path: string, remove: (path: string) => void, allowed = 'ENOENT'): void {
  try {
    remove(path)
  } catch (cause) {
    if (hasCode(cause, 'ENOTEMPTY')) throw notEmpty(path, [], cause)
    if (!isMissing(cause) && !hasCode(cause, allowed)) throw failure(`remove ${path}`, cause)
  }
}

function notEmpty(folder: string, names: readonly string[], cause?: unknown): CniError {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name))
  return inUseError(
    `cannot remove ${folder}: it holds files that are not host-local's, or a new reservation`,
    {
      details: shown.length > 0 ? shown.join(', ') : undefined,
      hint: 'Look into the folder, and move files of other programs away.',
      cause,
    },
  )
}
