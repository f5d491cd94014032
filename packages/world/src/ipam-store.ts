import type { Address } from '@vethra/address'
import type { Claim, ClaimOutcome, Holder, Reservation } from '@vethra/ipam'

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
  /** The addresses of a holder, in the order of `list`; only without any, those that its container holds without an ifname. */
  held(network: string, holder: Holder): Promise<readonly Address[]>
  /** Reserves the first free candidate of a claim, and remembers it as its set's last. No address is ever reserved twice. */
  reserveFirst(network: string, claim: Claim): Promise<ClaimOutcome>
  /** Releases the reservations that `held` lists, and returns them. None is fine. */
  release(network: string, holder: Holder): Promise<readonly Address[]>
  /** Gives back reservations that still are as described, and returns them. One without a container: only with its writer dead. */
  drop(network: string, reservations: readonly Reservation[]): Promise<readonly Reservation[]>
  /** Forgets a network: reservations and round robin. Idempotent. Throws CniError 102 while addresses are reserved. */
  removeNetwork(network: string): Promise<void>
}
