import type { IpamStore } from '@vethra/world'

/** A store to be tested, empty. */
export interface IpamStoreSubject {
  readonly store: IpamStore
  /** A second handle on the same reservations, as another process would have it. Default: the store itself. */
  readonly other?: IpamStore
  readonly close: () => Promise<void>
}

/** Makes an empty store. */
export type OpenIpamStore = () => Promise<IpamStoreSubject>
