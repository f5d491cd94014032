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

/** What a removal may do. */
export interface RemoveNetworkOptions {
  /** Remove even while addresses are reserved. Default false. */
  readonly evenIfReserved?: boolean
}

/**
 * Where reservations are kept, network by network. Every method may take as long as a round trip to
 * another machine does; none holds a lock after its promise has settled.
 */
export interface IpamStore {
  /** Every reservation of a network, IPv4 first, then by address as a number; empty when the store does not know the network. */
  list(network: string): Promise<readonly Reservation[]>
  /**
   * Forgets a network: its reservations and the memory of the round robin. Nothing to do is no
   * error. Throws CniError 102 while addresses are reserved, unless `evenIfReserved`.
   */
  removeNetwork(network: string, options?: RemoveNetworkOptions): Promise<void>
}
