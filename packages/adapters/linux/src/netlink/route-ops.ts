import type { RouteOp } from '@vethra/netlink'
import {
  type Change,
  type Link,
  type LinkSettings,
  type Owned,
  ownerMark,
  type Place,
  type Qdisc,
  type Resource,
} from '@vethra/state'

/** Numbers that only the kernel knows. */
export interface Lookup {
  /** The index of a link. Throws CniError 5 when it is missing. */
  index(place: Place, name: string): number
  /** The open descriptor of the container's namespace. */
  namespace(): number
}

/** Operations of one namespace. */
export interface PlacedOps {
  readonly place: Place
  readonly ops: readonly RouteOp[]
}

/** The operations on links, addresses and routes that a change is made of, in order; none for what is done otherwise. */
export function routeOpsOf(
  change: Change,
  lookup: Lookup,
  links: 'delete' | 'down',
): readonly PlacedOps[] {
  if (change.kind === 'remove') return removal(change.from.resource, lookup, links)
  const { resource } = change.to
  if (resource.kind !== 'link') return placedOps(resource, lookup)
  return change.kind === 'make' ? makeLink(change.to, resource, lookup) : [alterLink(resource)]
}

function placedOps(resource: Exclude<Resource, Link>, lookup: Lookup): readonly PlacedOps[] {
  if (resource.kind === 'link settings')
    return [{ place: resource.place, ops: [settings(resource)] }]
  if (resource.kind === 'bridge port') {
    const { link: name, hairpin, isolated } = resource
    const values = {
      ...(hairpin === undefined ? {} : { hairpin }),
      ...(isolated === undefined ? {} : { isolated }),
    }
    return [{ place: 'host', ops: [{ kind: 'set port', link: { name }, ...values }] }]
  }
  if (resource.kind === 'address') {
    const { place, link, address, prefixLength, broadcast, prefixRoute } = resource
    const index = lookup.index(place, link)
    const more = {
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(prefixRoute === undefined ? {} : { prefixRoute }),
    }
    return [{ place, ops: [{ kind: 'add address', index, address, prefixLength, ...more }] }]
  }
  if (resource.kind === 'qdisc') return [{ place: 'host', ops: qdiscOps(resource, lookup) }]
  return resource.kind === 'route'
    ? [{ place: resource.place, ops: [routeOp('add route', resource, lookup)] }]
    : []
}

function qdiscOps({ link, does }: Qdisc, lookup: Lookup): readonly RouteOp[] {
  const index = lookup.index('host', link)
  if (!('redirect' in does)) return [{ kind: 'set limit', index, ...does }]
  const to = lookup.index('host', does.redirect)
  return [
    { kind: 'add ingress', index },
    { kind: 'add redirect', index, to },
  ]
}

function settings({
  link,
  up,
  mac,
  mtu,
  promiscuous,
  allMulticast,
  transmitQueueLength,
}: LinkSettings): RouteOp {
  return {
    kind: 'set link',
    link: { name: link },
    ...(up === undefined ? {} : { up }),
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(promiscuous === undefined ? {} : { promiscuous }),
    ...(allMulticast === undefined ? {} : { allMulticast }),
    ...(transmitQueueLength === undefined ? {} : { transmitQueueLength }),
  }
}

function routeOp(
  kind: 'add route' | 'delete route',
  route: Extract<Resource, { kind: 'route' }>,
  lookup: Lookup,
): RouteOp {
  const { place, link, destination, gateway, priority, table, scope, mtu, advmss, inFront } = route
  const [address = '', length = ''] = destination.split('/')
  return {
    kind,
    family: address.includes(':') ? 6 : 4,
    index: lookup.index(place, link),
    ...(Number(length) === 0 ? {} : { destination: { address, prefixLength: Number(length) } }),
    ...(inFront === undefined ? {} : { inFront }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(priority === undefined ? {} : { priority }),
    ...(table === undefined ? {} : { table }),
    ...(scope === undefined
      ? gateway === undefined
        ? { scope: 'link' as const }
        : {}
      : { scope }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(advmss === undefined ? {} : { advmss }),
  }
}

function makeLink({ owner }: Owned, link: Link, lookup: Lookup): readonly PlacedOps[] {
  const { name, mac, mtu, type, place } = link
  const alias = ownerMark(owner)
  const common = {
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
  }
  if (type.name === 'bridge') {
    return [
      {
        place: 'host',
        ops: [{ kind: 'add bridge', name, ...common }, ...insideOps(link, alias)],
      },
    ]
  }
  if (type.name === 'veth') {
    const { hostName, hostMac, bridge } = type
    const master = bridge === undefined ? {} : { master: lookup.index('host', bridge) }
    const peer = { name, ...common, namespace: { fd: lookup.namespace() } }
    const ends = { kind: 'add veth', name: hostName, mac: hostMac, ...master, peer } as const
    return [
      {
        place: 'host',
        ops: [
          { ...ends, ...(mtu === undefined ? {} : { mtu }) },
          marked(hostName, alias),
          linkLocalOp(hostName, false),
          up(hostName),
        ],
      },
      { place, ops: insideOps(link) },
    ]
  }
  if (type.name === 'dummy' || type.name === 'ifb')
    return [
      { place, ops: [{ kind: `add ${type.name}`, name, ...common }, ...insideOps(link, alias)] },
    ]
  const upper = {
    name,
    lower: lookup.index('host', type.parent),
    namespace: { fd: lookup.namespace() },
    ...common,
  }
  const op: RouteOp =
    type.name === 'vlan'
      ? { kind: 'add vlan', ...upper, id: type.id }
      : { kind: type.name === 'macvlan' ? 'add macvlan' : 'add ipvlan', ...upper, mode: type.mode }
  return [
    { place: 'host', ops: [op] },
    { place, ops: insideOps(link, alias) },
  ]
}

function insideOps({ name, up: isUp, linkLocal }: Link, alias?: string): readonly RouteOp[] {
  return [
    ...(alias === undefined ? [] : [marked(name, alias)]),
    ...(linkLocal === false ? [linkLocalOp(name, false)] : []),
    ...(isUp ? [up(name)] : []),
  ]
}

// Not heeded in the message that makes the link.
function marked(name: string, alias: string): RouteOp {
  return { kind: 'set link', link: { name }, alias }
}

function up(name: string): RouteOp {
  return { kind: 'set link', link: { name }, up: true }
}

function linkLocalOp(name: string, makesOne: boolean): RouteOp {
  return { kind: 'set address mode', link: { name }, mode: makesOne ? 'eui64' : 'none' }
}

function alterLink({ name, place, up: isUp, mac, mtu, linkLocal }: Link): PlacedOps {
  const values = {
    up: isUp,
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
  }
  return {
    place,
    ops: [
      ...(linkLocal === undefined ? [] : [linkLocalOp(name, linkLocal)]),
      { kind: 'set link', link: { name }, ...values },
    ],
  }
}

function removal(
  resource: Resource,
  lookup: Lookup,
  links: 'delete' | 'down',
): readonly PlacedOps[] {
  if (resource.kind === 'link') return [removeLink(resource, links)]
  if (resource.kind === 'address') {
    const { place, link, address, prefixLength } = resource
    const index = lookup.index(place, link)
    return [{ place, ops: [{ kind: 'delete address', index, address, prefixLength }] }]
  }
  if (resource.kind === 'qdisc') {
    const index = lookup.index('host', resource.link)
    const at = 'redirect' in resource.does ? 'ingress' : 'root'
    return [{ place: 'host', ops: [{ kind: 'delete qdisc', index, place: at }] }]
  }
  return resource.kind === 'route'
    ? [{ place: resource.place, ops: [routeOp('delete route', resource, lookup)] }]
    : []
}

// Both ends of a veth go with the host's, whether the container's namespace can be entered or not. Of a veth that others
// made the end in the container alone is known.
function removeLink({ place, name, type }: Link, links: 'delete' | 'down'): PlacedOps {
  const hostName = type.name === 'veth' ? type.hostName : ''
  const link = { name: hostName || name }
  // An interface of the host goes with no namespace.
  const op: RouteOp =
    links === 'down' && place === 'container'
      ? { kind: 'set link', link, up: false }
      : { kind: 'delete link', link }
  return { place: hostName === '' ? place : 'host', ops: [op] }
}
