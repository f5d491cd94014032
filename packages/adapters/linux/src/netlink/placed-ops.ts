import type { RouteOp } from '@vethra/netlink'
import type { Place } from '@vethra/state'

/** Numbers that only the kernel knows. */
export interface Lookup {
  /** The index of a link. Throws CniError 5 when it is missing. */
  index(place: Place, name: string): number
  /** The index of a link; undefined when it is missing. */
  find(place: Place, name: string): number | undefined
  /** Throws CniError 5 when the host has a link of that name. */
  demandFree(name: string): void
  /** Whether there is a container's namespace. */
  readonly hasContainer: boolean
  /** The open descriptor of the container's namespace. */
  namespace(): number
  /** The open descriptor of the host's. */
  host(): number
}

/** Operations of one namespace. */
export interface PlacedOps {
  readonly place: Place
  readonly ops: readonly RouteOp[]
}
