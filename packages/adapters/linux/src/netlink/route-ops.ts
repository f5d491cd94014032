import type { RouteOp } from '@vethra/netlink'
import {
  type BridgePort,
  type Change,
  type Link,
  type LinkSettings,
  type MovedLink,
  type Owned,
  ownerMark,
  type Place,
  type PortVlans,
  type Qdisc,
  type Resource,
  type Rule,
} from '@vethra/state'

/** Numbers that only the kernel knows. */
export interface Lookup {
  /** The index of a link. Throws CniError 5 when it is missing. */
  index(place: Place, name: string): number
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
  if (resource.kind === 'link settings') {
    const { place, master } = resource
    const index = master === undefined ? undefined : lookup.index(place, master)
    return [{ place, ops: [settings(resource, index)] }]
  }
  if (resource.kind === 'bridge port') {
    return [{ place: 'host', ops: portOps(resource, lookup) }]
  }
  if (resource.kind === 'rule')
    return [{ place: resource.place, ops: [ruleOp('add rule', resource)] }]
  if (resource.kind === 'moved link') return moveIn(resource, lookup)
  if (resource.kind === 'address') {
    const { place, link, address, prefixLength, broadcast, prefixRoute, asksFirst } = resource
    const index = lookup.index(place, link)
    const more = {
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(prefixRoute === undefined ? {} : { prefixRoute }),
      ...(asksFirst === undefined ? {} : { asksFirst }),
    }
    return [{ place, ops: [{ kind: 'add address', index, address, prefixLength, ...more }] }]
  }
  if (resource.kind === 'qdisc') return [{ place: 'host', ops: qdiscOps(resource, lookup) }]
  return resource.kind === 'route'
    ? [{ place: resource.place, ops: [routeOp('add route', resource, lookup)] }]
    : []
}

function portOps(
  { link: name, hairpin, isolated, onlyMac, vlans }: BridgePort,
  lookup: Lookup,
): readonly RouteOp[] {
  const values = {
    ...(hairpin === undefined ? {} : { hairpin }),
    ...(isolated === undefined ? {} : { isolated }),
  }
  const set = { kind: 'set port', link: { name }, ...values } as const
  if (onlyMac === undefined && vlans === undefined) return [set]
  const index = lookup.index('host', name)
  const known: readonly RouteOp[] =
    onlyMac === undefined ? [] : [{ kind: 'add forwarding', index, mac: onlyMac }]
  const locked = onlyMac === undefined ? {} : { locked: true, learning: false }
  return [...known, { ...set, ...locked }, ...(vlans ? vlanOps(index, vlans) : [])]
}

// The kernel gives each port VLAN 1.
function vlanOps(index: number, { untagged, tagged, keepsDefault }: PortVlans): readonly RouteOp[] {
  const added = [
    ...(untagged === undefined ? [] : [{ id: untagged, untagged: true }]),
    ...tagged.map((id) => ({ id })),
  ]
  return [
    ...(keepsDefault ? [] : [{ kind: 'delete vlans', index, vlans: [{ id: 1 }] } as const]),
    ...(added.length === 0 ? [] : [{ kind: 'add vlans', index, vlans: added } as const]),
  ]
}

function ruleOp(kind: 'add rule' | 'delete rule', { source, table }: Rule): RouteOp {
  const [address = '', length = ''] = source.split('/')
  return { kind, source: { address, prefixLength: Number(length) }, table }
}

// Its alias tells under which name it goes back.
function moveIn({ device, name }: MovedLink, lookup: Lookup): readonly PlacedOps[] {
  const index = lookup.index('host', device)
  const link = { index }
  return [
    {
      place: 'host',
      ops: [
        { kind: 'set link', link, up: false },
        { kind: 'set link', link, alias: device },
        { kind: 'set link', link, name, namespace: { fd: lookup.namespace() } },
      ],
    },
    { place: 'container', ops: [up(name)] },
  ]
}

function moveOut({ device, name }: MovedLink, lookup: Lookup): readonly PlacedOps[] {
  const link = { index: lookup.index('container', name) }
  const out = { kind: 'set link', link, name: device, namespace: { fd: lookup.host() } } as const
  return [{ place: 'container', ops: [{ kind: 'set link', link, up: false }, out] }]
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

function settings(
  { link, up, mac, mtu, promiscuous, allMulticast, transmitQueueLength }: LinkSettings,
  master?: number,
): RouteOp {
  return {
    kind: 'set link',
    link: { name: link },
    ...(up === undefined ? {} : { up }),
    ...(master === undefined ? {} : { master }),
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
  const { place, link, destination, gateway, priority, table, scope, mtu, advmss } = route
  const { inFront, source } = route
  const [address = '', length = ''] = destination.split('/')
  return {
    kind,
    family: address.includes(':') ? 6 : 4,
    index: lookup.index(place, link),
    ...(Number(length) === 0 ? {} : { destination: { address, prefixLength: Number(length) } }),
    ...(inFront === undefined ? {} : { inFront }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(source === undefined ? {} : { source }),
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
    const filtering = type.vlanFiltering ? { vlanFiltering: true } : {}
    return [
      {
        place: 'host',
        ops: [{ kind: 'add bridge', name, ...common, ...filtering }, ...insideOps(link, alias)],
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
  if (type.name === 'vrf') {
    const { table } = type
    return [
      { place, ops: [{ kind: 'add vrf', name, table, ...common }, ...insideOps(link, alias)] },
    ]
  }
  const from = type.parentPlace ?? 'host'
  const lower = lookup.index(from, type.parent)
  const namespace = from === place ? {} : { namespace: { fd: lookup.namespace() } }
  const upper = { name, lower, ...namespace, ...common }
  const op: RouteOp =
    type.name === 'vlan'
      ? { kind: 'add vlan', ...upper, id: type.id }
      : type.name === 'ipvlan'
        ? { kind: 'add ipvlan', ...upper, mode: type.mode }
        : { kind: 'add macvlan', ...upper, mode: type.mode, ...queueOf(type.broadcastQueue) }
  return [
    { place: from, ops: [op] },
    { place, ops: insideOps(link, alias) },
  ]
}

function queueOf(broadcastQueue: number | undefined): { readonly broadcastQueue?: number } {
  return broadcastQueue === undefined ? {} : { broadcastQueue }
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
  if (resource.kind === 'moved link') return moveOut(resource, lookup)
  if (resource.kind === 'rule')
    return [{ place: resource.place, ops: [ruleOp('delete rule', resource)] }]
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
