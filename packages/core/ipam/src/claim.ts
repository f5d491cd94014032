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
  /** The addresses to try, in order, given the one reserved last. Pure and lazy: a store may begin again when another writer was faster. */
  readonly candidates: (lastReserved: Address | undefined) => Iterable<Address>
  /** Reserve nothing when the holder, or its container without an ifname, has an address for which this is true. Absent: never. */
  readonly unlessHeldIn?: (address: Address) => boolean
}

/** The outcome of a claim: `reserved`; `held`, with the address in the way (the first by text); or `none`. */
export type ClaimOutcome =
  | { readonly kind: 'reserved' | 'held'; readonly address: Address }
  | { readonly kind: 'none' }
