import type { ContainerNames } from './container-names.ts'
import { entriesOf, type HostEntry } from './host-entry.ts'
import { type KnownNetworks, knownNetworks } from './network-key.ts'
import { type PeerGroup, peerGroup } from './peer-group.ts'

/** Every address and name of a set of containers, ready to be looked up. */
export interface NameBook {
  /** All that a container itself claims, by its id. */
  readonly byId: ReadonlyMap<string, readonly HostEntry[]>
  /** By name in lower case. Only one of two that claim one address in a network is here. */
  readonly byName: ReadonlyMap<string, readonly HostEntry[]>
  /** By claim: who has the address. */
  readonly byClaim: ReadonlyMap<string, HostEntry>
  readonly networks: KnownNetworks
  /** The entries of the networks with these keys, ascending by address, IPv4 first. Made once for each set of keys. */
  readonly peersIn: (keys: readonly string[]) => PeerGroup
}

/** Makes the book of a set of containers, each of which is in it once. */
export function nameBook(all: readonly ContainerNames[]): NameBook {
  const networks = knownNetworks(all)
  const byId = new Map(all.map((names) => [names.id, entriesOf(names, networks)]))
  const byClaim = claims([...byId.values()].flat())
  const entries = [...byClaim.values()].sort(byAddress)
  const groups = new Map<string, PeerGroup>()
  const peersIn = (keys: readonly string[]) => {
    const name = [...keys].sort().join(' ')
    const group =
      groups.get(name) ?? peerGroup(entries.filter(({ network }) => keys.includes(network)))
    groups.set(name, group)
    return group
  }
  return { byId, byName: index(entries), byClaim, networks, peersIn }
}

function claims(entries: readonly HostEntry[]): ReadonlyMap<string, HostEntry> {
  const byClaim = new Map<string, HostEntry>()
  for (const entry of entries) {
    const other = byClaim.get(entry.claim)
    if (other === undefined || goesBefore(entry, other)) byClaim.set(entry.claim, entry)
  }
  return byClaim
}

function goesBefore(entry: HostEntry, other: HostEntry): boolean {
  if (entry.precedence !== other.precedence) return entry.precedence > other.precedence
  return entry.id < other.id
}

function byAddress(a: HostEntry, b: HostEntry): number {
  return compare(a.order, b.order) || compare(a.network, b.network)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function index(entries: readonly HostEntry[]): ReadonlyMap<string, readonly HostEntry[]> {
  const byName = new Map<string, HostEntry[]>()
  for (const entry of entries) {
    for (const name of entry.names) {
      const key = name.toLowerCase()
      const list = byName.get(key)
      if (list === undefined) byName.set(key, [entry])
      else list.push(entry)
    }
  }
  return byName
}
