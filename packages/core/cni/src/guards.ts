import { checkPathComponent } from './names.ts'

/** The subject that a lock guards. */
export type Guard = keyof typeof guards

/** The folders that locks are placed in. */
export interface LockPlaces {
  /** `NETCONF`. */
  readonly netconf: string
  /** `DATA_STORE`. */
  readonly dataStore: string
  /** `/run/vethra`. */
  readonly runtime: string
  /** host-local's `dataDir`, `/var/lib/cni/networks` by default. */
  readonly networks: string
}

/**
 * The one table of what is guarded by which lock, as paths. The first three and `reservations` are
 * what nerdctl and host-local take by flock(2) (facts of nerdctl 2.x, host-local backend/disk); the
 * others are ours alone. No lock of the table is held while a plugin runs, but `container`, `attachment`,
 * `isolation`, `shared-chains`, `daemon`, and `network` by a garbage collection. `hosts` and `names` are folders that must be there before their lock is taken.
 * Throws CniError 107 for a namespace, id or network that cannot be one component of a path.
 */
export const guards: {
  /** Reading the subnets in use until the new conf list is written; a removal. */
  readonly 'conf-lists': (places: Pick<LockPlaces, 'netconf'>) => string
  /** The hosts files and meta.json of one namespace. */
  readonly hosts: (places: Pick<LockPlaces, 'dataStore'>, namespace: string) => string
  /** The names of one namespace. */
  readonly names: (places: Pick<LockPlaces, 'dataStore'>, namespace: string) => string
  /** Two operations on one container in one network (SPEC 1.1.0, section 2: none in parallel). */
  readonly attachment: (places: Pick<LockPlaces, 'runtime'>, containerId: string) => string
  /** The networks and the name of one container, from reading them until the change is written. */
  readonly container: (places: Pick<LockPlaces, 'runtime'>, containerId: string) => string
  /** A new attachment of one network being recorded, against the network's garbage collection. */
  readonly network: (places: Pick<LockPlaces, 'runtime'>, network: string) => string
  /** Firewall chains that all networks share, until they exist: plugins make them check-then-append. */
  readonly 'shared-chains': (places: Pick<LockPlaces, 'runtime'>) => string
  /** Firewall rules that isolate one network's bridge, until they exist: plugins make them check-then-append. */
  readonly isolation: (places: Pick<LockPlaces, 'runtime'>, network: string) => string
  /** Ports of the host being chosen, until they are written down as a container's. */
  readonly ports: (places: Pick<LockPlaces, 'runtime'>) => string
  /** The file of events being replaced by a new one: nobody waits for it. */
  readonly events: (places: Pick<LockPlaces, 'runtime'>) => string
  /** resolv.conf files of one data store, from asking whether the resolver runs until they are written. */
  readonly 'resolv-conf': (places: Pick<LockPlaces, 'runtime' | 'dataStore'>) => string
  /** One data store, against a second daemon: held for as long as one runs. */
  readonly daemon: (places: Pick<LockPlaces, 'dataStore'>) => string
  /** Round robin and the same-container rule of one network's reservations. */
  readonly reservations: (places: Pick<LockPlaces, 'networks'>, network: string) => string
} = {
  'conf-lists': ({ netconf }) => `${netconf}/.nerdctl.lock`,
  hosts: ({ dataStore }, namespace) => `${dataStore}/etchosts/${component('namespace', namespace)}`,
  names: ({ dataStore }, namespace) => `${dataStore}/names/${component('namespace', namespace)}`,
  attachment: ({ runtime }, containerId) =>
    `${runtime}/locks/attachment-${component('container id', containerId)}`,
  container: ({ runtime }, containerId) =>
    `${runtime}/locks/container-${component('container id', containerId)}`,
  network: ({ runtime }, network) =>
    `${runtime}/locks/network-${component('network name', network)}`,
  'shared-chains': ({ runtime }) => `${runtime}/locks/shared-chains`,
  isolation: ({ runtime }, network) =>
    `${runtime}/locks/isolation-${component('network name', network)}`,
  ports: ({ runtime }) => `${runtime}/locks/ports`,
  events: ({ runtime }) => `${runtime}/locks/events`,
  'resolv-conf': ({ runtime, dataStore }) =>
    `${runtime}/locks/resolv-conf-${dataStore.split('/').at(-1)}`,
  daemon: ({ dataStore }) => `${dataStore}/daemon.lock`,
  reservations: ({ networks }, network) => `${networks}/${component('network name', network)}/lock`,
}

function component(what: string, text: string): string {
  checkPathComponent(what, text)
  return text
}
