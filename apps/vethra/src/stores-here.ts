import { basename } from 'node:path'
import type { LockPlaces } from '@vethra/cni'
import { defaultNetworkName } from '@vethra/networks'
import type { Settings } from '@vethra/settings'
import { confDir, containerStore, foreignConfFiles, storedNamespaces } from '@vethra/stores'
import type { Hearer, Lock, World } from '@vethra/world'
import { attachments, runtime } from './folders-here.ts'

interface StoreTools extends Pick<Hearer, 'onFault'> {
  readonly places: LockPlaces
  readonly lock: Lock
  /** Whether what is written outlives a power cut. */
  readonly sync: boolean
}

/** The ports that are stores on disk. */
export type Stores =
  | 'networks'
  | 'confFilesIn'
  | 'containers'
  | 'hosts'
  | 'namespaces'
  | 'ipam'
  | 'folders'

/** The stores on disk of these settings: conf lists, containers, hosts files, reservations. */
export function storesHere(
  { cniNetconfpath: dir, cniCache, namespace: own }: Settings,
  { places, lock, sync, onFault }: StoreTools,
): Pick<World, Stores> {
  return {
    networks: (namespace) =>
      confDir({
        ...{ dir, namespace, lock },
        kept: () => `${places.dataStore}/conflists`,
        sharedNetwork: defaultNetworkName,
      }),
    confFilesIn: (folder) => foreignConfFiles(folder, own),
    containers: (namespace) =>
      containerStore({ dataStore: places.dataStore, namespace, lock, sync }),
    hosts: async (namespace) => {
      const { diskHostsStore } = await import('@vethra/etchosts')
      return diskHostsStore({
        dir: `${places.dataStore}/etchosts`,
        namespace,
        lock,
        sync,
        indexes: `${runtime}/hosts/${basename(places.dataStore)}`,
        onFault,
      })
    },
    namespaces: async () => [...new Set([...(await storedNamespaces(places.dataStore)), own])],
    ipam: async (dataDir) => (await import('./ipam-here.ts')).ipamHere(dataDir),
    folders: () => [
      { path: places.dataStore, lasting: true, folders: ['containers', 'etchosts', 'names'] },
      { path: attachments, lasting: true, folders: [] },
      { path: cniCache, lasting: true, folders: ['networks', 'results'] },
      { path: runtime, lasting: false, folders: ['hosts', 'ipam', 'locks', 'ports'] },
    ],
  }
}
