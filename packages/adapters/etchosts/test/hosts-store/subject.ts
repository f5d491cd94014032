import type { HostsStore } from '@vethra/world'

/** A store to be tested, empty, and what the cases cannot do themselves. */
export interface HostsStoreSubject {
  readonly store: HostsStore
  /** The whole text of a container's hosts file; it rejects when there is none. */
  readonly hostsOf: (id: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** Makes an empty store. */
export type OpenHostsStore = () => Promise<HostsStoreSubject>
