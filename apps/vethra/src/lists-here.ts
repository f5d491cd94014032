import { basename } from 'node:path'
import type { LockPlaces } from '@vethra/cni'
import { namespaceFacts, resolveAddress } from '@vethra/linux'
import { flockLock } from '@vethra/lock-flock'
import { defaultNetworkName } from '@vethra/networks'
import { dataStorePath, type ResolvedSettings, type Settings } from '@vethra/settings'
import {
  confDir,
  containerStore,
  diskAttachmentRecords,
  diskResultCache,
  foreignConfFiles,
  type RecordsFolder,
  type ResultsFolder,
  storedNamespaces,
} from '@vethra/stores'
import type { Hearer, Lists, Lock, World } from '@vethra/world'
import { attachments, runtime } from './folders-here.ts'
import type { KitHere } from './kit-here.ts'

/** The part of a world that listings need, and the locks and folders of the whole. */
interface ListsHere extends Pick<World, 'lock' | 'lockNow' | 'places'> {
  readonly lists: Lists &
    Pick<World, Stores> & { readonly cache: ResultsFolder; readonly records: RecordsFolder }
  /** Absent on a host of its own. */
  readonly kit?: KitHere
}

/** The part of a world that lists networks and containers. `sync`: whether what is written outlives a power cut. */
export async function listsHere(
  resolved: ResolvedSettings,
  { onFault }: Pick<Hearer, 'onFault'>,
  sync: boolean,
): Promise<ListsHere> {
  const { settings, homes } = resolved
  const places = placesHere(settings)
  // Loaded where there is a RootlessKit alone.
  const kit = homes && (await import('./kit-here.ts')).kitHere(homes)
  const guarded = (lock: Lock) => kit?.lock(lock) ?? lock
  const lock = guarded(flockLock({ removeBelow: runtime }))
  return {
    places,
    lock,
    lockNow: guarded(flockLock({ removeBelow: runtime, timeoutMs: 0 })),
    ...(kit ? { kit } : {}),
    lists: {
      resolved,
      cache: diskResultCache({ dir: settings.cniCache }),
      records: diskAttachmentRecords({ dir: attachments }),
      netns: namespaceFacts(kit?.boot),
      ...(kit ? kit.daemons : {}),
      ...storesHere(settings, { places, lock, sync, onFault }),
      facts: async () => (await import('./facts-here.ts')).factsHere(settings),
      sandboxes: async () =>
        (await import('@vethra/cri')).listSandboxes({ address: settings.address, timeoutMs: 500 }),
    },
  }
}

/** The folders of locks, by the settings. */
function placesHere({ cniNetconfpath, cniCache, dataRoot, address }: Settings): LockPlaces {
  let dataStore: string | undefined
  return {
    netconf: cniNetconfpath,
    // Resolving the address costs half a millisecond, and single CNI operations do not ask.
    get dataStore() {
      dataStore ??= dataStorePath(dataRoot, resolveAddress(address))
      return dataStore
    },
    runtime,
    networks: `${cniCache}/networks`,
  }
}

interface StoreTools extends Pick<Hearer, 'onFault'> {
  readonly places: LockPlaces
  readonly lock: Lock
  /** Whether what is written outlives a power cut. */
  readonly sync: boolean
}

type Stores =
  | 'networks'
  | 'confFilesIn'
  | 'containers'
  | 'hosts'
  | 'namespaces'
  | 'ipam'
  | 'folders'

function storesHere(
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
