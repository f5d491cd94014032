import type { Address } from '@vethra/address'

/** The holder of an address: one interface of one container. */
export interface Holder {
  readonly containerId: string
  readonly ifname: string
}

/** An address that is taken. */
export interface Reservation {
  /** RFC 5952 text, without prefix length. */
  readonly address: string
  /** Empty when the store lost it: host-local leaves an empty file when it is killed while it reserves. */
  readonly containerId: string
  /** Absent where the holder was written by a version that kept none (host-local before 0.8). */
  readonly ifname?: string
  /** When it was reserved: milliseconds since 1970-01-01 UTC. */
  readonly sinceMs: number
}

/** The request of a holder to a store: one address, the first of an order that is free. */
export interface Claim extends Holder {
  /** The number of the range set: a store remembers the last address reserved for each. */
  readonly set: number
  /**
   * The addresses to try, in order, given the one reserved last. Pure and lazy: a store takes as much
   * of it as it needs, and may begin again when another writer was faster.
   */
  readonly candidates: (lastReserved: Address | undefined) => Iterable<Address>
  /**
   * Reserve nothing when the holder has an address for which this is true; one that its container
   * holds without an ifname counts too. Absent: whatever it has is no hindrance.
   */
  readonly unlessHeldIn?: (address: Address) => boolean
}

/**
 * The outcome of a claim: `reserved`; `held`, with the address in the way (the first one by text
 * where there are several); or `none` when every candidate was taken.
 */
export type ClaimOutcome =
  | { readonly kind: 'reserved' | 'held'; readonly address: Address }
  | { readonly kind: 'none' }

/** The operations of a removal. */
export interface RemoveNetworkOptions {
  /** Remove even while addresses are reserved. Default false. */
  readonly evenIfReserved?: boolean
}

/**
 * Where reservations are kept, network by network: on a disk, in memory, across a network. Every
 * method is one step that other writers see whole or not at all, and one round trip where the store
 * is remote. The store decides how: by a lock or by a transaction. Throws CniError 7 for a name
 * that no network can have, 5 when the store can't be read or written.
 */
export interface IpamStore {
  /** The networks that the store knows, ascending by their octets. */
  networks(): Promise<readonly string[]>
  /** Every reservation of a network, IPv4 first, then by address as a number; empty when the store does not know the network. */
  list(network: string): Promise<readonly Reservation[]>
  /** The addresses taken in a network, in the order of `list`: cheaper where holders don't matter. */
  taken(network: string): Promise<readonly Address[]>
  /**
   * The addresses of a holder, in the order of `list`. Only where it has none, those that its container
   * holds without an ifname.
   */
  held(network: string, holder: Holder): Promise<readonly Address[]>
  /**
   * Reserves an address and remembers it as the last of its set. An address is never reserved
   * twice, even by concurrent writers.
   */
  reserve(network: string, claim: Claim): Promise<ClaimOutcome>
  /** Releases the reservations that `held` lists, and returns them. None is fine. */
  release(network: string, holder: Holder): Promise<readonly Address[]>
  /**
   * Gives back those of the reservations that still are as described, and returns them. One without a
   * container goes only when the store can prove that its writer is dead.
   */
  drop(network: string, reservations: readonly Reservation[]): Promise<readonly Reservation[]>
  /**
   * Forgets a network: its reservations and the memory of the round robin. Nothing to do is no
   * error. Throws CniError 102 while addresses are reserved, unless `evenIfReserved`.
   */
  removeNetwork(network: string, options?: RemoveNetworkOptions): Promise<void>
}
