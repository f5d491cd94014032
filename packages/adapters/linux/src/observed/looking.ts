import { present } from '@vethra/cni'
import type { FoundElement, FoundLimit, FoundLink, NftElement } from '@vethra/netlink'
import type { Admit, Place, Route } from '@vethra/state'

interface SeenAddress {
  /** The index of the interface. */
  readonly index: number
  readonly address: string
  readonly prefixLength: number
  /** Why the kernel takes no packets for it: it asks whether another host has it, or one does. */
  readonly unused?: 'tentative' | 'duplicate'
}

/** A route, as it is. */
export interface SeenRoute {
  /** The index of the interface that it leads through. */
  readonly index?: number
  /** `10.0.0.0/8`; `0.0.0.0/0` or `::/0` for a default route. */
  readonly destination: string
  readonly gateway?: string
  /** The address that packets to there get. */
  readonly source?: string
  readonly priority: number
  readonly table: number
  /** How it refuses what it is for; absent where it leads it somewhere. */
  readonly refusal?: 'blackhole' | 'unreachable' | 'prohibit' | 'throw'
}

/** A routing rule of one source, as it is. */
export interface SeenRule {
  /** `10.4.0.2/32`. */
  readonly source: string
  readonly table: number
}

/** A look at a host and at a container's namespace: at each thing once, however many resources ask. */
export interface Looking {
  /** Whether there is a container's namespace to look into. */
  readonly hasContainer: boolean
  link(place: Place, name: string): FoundLink | undefined
  /** A link of the host by its index. */
  linkAt(index: number): FoundLink | undefined
  /** Those of one link, by its index. */
  addresses(place: Place, index: number): readonly SeenAddress[]
  /** By destination. */
  routes(place: Place): ReadonlyMap<string, readonly SeenRoute[]>
  rules(place: Place): readonly SeenRule[]
  /** A setting below /proc/sys; undefined where the kernel has it not. */
  sysctl(place: Place, key: string): string | undefined
  /** The limit of what leaves by a link of the host. */
  limit(index: number): FoundLimit | undefined
  /** The link to which what comes in by a link of the host is sent. */
  redirect(index: number): number | undefined
  /** The element of a key, prefixes by their first address, in a set of our table. */
  element(set: string, key: readonly string[]): FoundElement | undefined
  /** Whether other firewalls let pass what our table does, from and to the subnets of an admission. */
  passes(admit: Admit): boolean
}

/** The key of an element, ranges by their first value: `10.4.0.0` of `10.4.0.0/24`, `eth` of `eth*`. */
export function bareKey({ key }: Pick<NftElement, 'key'>): readonly string[] {
  // An interface may have a - in its name.
  return key.map((each) =>
    each.replace(/\/\d+$|\*$|(?<=^[0-9a-f:]*[.:][0-9a-f.:]*)-[0-9a-f]*[.:].*$/, ''),
  )
}

/** A route of a container's main table through an interface, as it was seen. */
export function mainRoute(
  link: string,
  { destination, gateway, source, priority }: Omit<SeenRoute, 'table' | 'index'>,
): Route {
  return {
    ...{ kind: 'route', place: 'container', link, destination },
    ...present({ gateway, source }),
    ...(priority === 0 ? {} : { priority }),
  }
}
