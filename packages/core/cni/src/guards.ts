import { checkPathComponent } from './names.ts'

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

type Place<Key extends keyof LockPlaces> = Pick<LockPlaces, Key>

/**
 * The locks of all that is guarded, as paths. The first three and `reservations` are taken by nerdctl and host-local, too.
 * Those held while plugins run: `container`, `attachment`, `isolation`, `shared-chains`, `daemon`, and `network` by a GC.
 * `hosts` and `names` are folders that exist before. Throws CniError 107 for what cannot be a path component.
 */
export const guards = {
  /** Reading the subnets in use until the new conf list is written; a removal. */
  'conf-lists': ({ netconf }: Place<'netconf'>): string => `${netconf}/.nerdctl.lock`,
  /** The hosts files and meta.json of one namespace. */
  hosts: ({ dataStore }: Place<'dataStore'>, namespace: string): string =>
    `${dataStore}/etchosts/${component('namespace', namespace)}`,
  /** The names of one namespace. */
  names: ({ dataStore }: Place<'dataStore'>, namespace: string): string =>
    `${dataStore}/names/${component('namespace', namespace)}`,
  /** Two operations on one container in one network (SPEC 1.1.0, section 2: none in parallel). */
  attachment: ({ runtime }: Place<'runtime'>, containerId: string): string =>
    `${runtime}/locks/attachment-${component('container id', containerId)}`,
  /** The networks, the name and the files of one container, from reading them until the change is written. */
  container: ({ runtime }: Place<'runtime'>, containerId: string): string =>
    `${runtime}/locks/container-${component('container id', containerId)}`,
  /** A new attachment of one network being recorded, against the network's garbage collection and removal. Taken before `conf-lists`. */
  network: ({ runtime }: Place<'runtime'>, network: string): string =>
    `${runtime}/locks/network-${component('network name', network)}`,
  /** Firewall chains that all networks share, until they exist: plugins make them check-then-append. */
  'shared-chains': ({ runtime }: Place<'runtime'>): string => `${runtime}/locks/shared-chains`,
  /** Firewall rules that isolate one network's bridge, until they exist: plugins make them check-then-append. */
  isolation: ({ runtime }: Place<'runtime'>, network: string): string =>
    `${runtime}/locks/isolation-${component('network name', network)}`,
  /** Ports of the host being chosen, until they are written down as a container's. */
  ports: ({ runtime }: Place<'runtime'>): string => `${runtime}/locks/ports`,
  /** The file of events being replaced by a new one: nobody waits for it. */
  events: ({ runtime }: Place<'runtime'>): string => `${runtime}/locks/events`,
  /** resolv.conf files of one data store, from asking whether the resolver runs until they are written. */
  'resolv-conf': ({ runtime, dataStore }: Place<'runtime' | 'dataStore'>): string =>
    `${runtime}/locks/resolv-conf-${dataStore.split('/').at(-1)}`,
  /** One data store, against a second daemon: held for as long as one runs. */
  daemon: ({ dataStore }: Place<'dataStore'>): string => `${dataStore}/daemon.lock`,
  /** Round robin and the same-container rule of one network's reservations. */
  reservations: ({ networks }: Place<'networks'>, network: string): string =>
    `${networks}/${component('network name', network)}/lock`,
}

function component(what: string, text: string): string {
  checkPathComponent(what, text)
  return text
}

/** The path of the file in which the resolver of a data store is known while it runs. */
export function resolverFile(given: Pick<LockPlaces, 'runtime' | 'dataStore'>): string {
  const { runtime, dataStore } = given
  return `${runtime}/dns/${dataStore.split('/').at(-1)}.json`
}

/** The path of the Unix socket at which a resolver's questions are read. */
export function resolverLogSocket(places: Pick<LockPlaces, 'runtime' | 'dataStore'>): string {
  return resolverFile(places).replace(/json$/, 'sock')
}
