import { present } from '@vethra/cni'
import type { RouteOp } from '@vethra/netlink'
import type {
  BridgePort,
  Change,
  InterfaceAddress,
  Limit,
  Link,
  LinkSettings,
  PortVlans,
  Qdisc,
  Resource,
  Route,
  Rule,
} from '@vethra/state'
import { alterLink, makeLink, moveIn, moveOut, removeLink } from './link-ops.ts'
import type { Lookup, PlacedOps } from './placed-ops.ts'

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
  if (resource.kind === 'bridge port') return [{ place: 'host', ops: portOps(resource, lookup) }]
  if (resource.kind === 'rule')
    return [{ place: resource.place, ops: [ruleOp('add rule', resource)] }]
  if (resource.kind === 'moved link') return moveIn(resource, lookup)
  if (resource.kind === 'address') return [addressOps(resource, lookup)]
  if (resource.kind === 'qdisc') return [{ place: 'host', ops: qdiscOps(resource, lookup) }]
  return resource.kind === 'route'
    ? [{ place: resource.place, ops: [routeOp('add route', resource, lookup)] }]
    : []
}

function addressOps(resource: InterfaceAddress, lookup: Lookup): PlacedOps {
  const { place, link, address, prefixLength, broadcast, prefixRoute, asksFirst } = resource
  const index = lookup.index(place, link)
  const more = present({ broadcast, prefixRoute, asksFirst })
  return { place, ops: [{ kind: 'add address', index, address, prefixLength, ...more }] }
}

function ruleOp(kind: 'add rule' | 'delete rule', { source, table }: Rule): RouteOp {
  const [address = '', length = ''] = source.split('/')
  return { kind, source: { address, prefixLength: Number(length) }, table }
}

function qdiscOps({ link, does }: Qdisc, lookup: Lookup): readonly RouteOp[] {
  const index = lookup.index('host', link)
  if (!('redirect' in does)) return limitOps(index, does)
  const to = lookup.index('host', does.redirect)
  return [
    { kind: 'add ingress', index },
    { kind: 'add redirect', index, to },
  ]
}

function limitOps(index: number, { rate, burst, subnets, spares }: Limit): readonly RouteOp[] {
  if (subnets === undefined) return [{ kind: 'set limit', index, rate, burst }]
  const [to, others] = spares ? (['free', 'held'] as const) : (['held', 'free'] as const)
  return [
    { kind: 'add classes', index, others },
    { kind: 'add class', index, class: 'held', rate, burst },
    { kind: 'add class', index, class: 'free', rate: unlimited, burst: 0 },
    ...subnets.map((subnet) => ({ kind: 'add subnet', index, subnet, class: to }) as const),
  ]
}

/** More than any interface passes, in octets a second: that of the plugin `bandwidth`. */
const unlimited = 100_000_000_000

function settings(
  { link, up, mac, mtu, arp, promiscuous, allMulticast, transmitQueueLength }: LinkSettings,
  master?: number,
): RouteOp {
  return {
    kind: 'set link',
    link: { name: link },
    ...present({ up, master, mac, mtu, arp, promiscuous, allMulticast, transmitQueueLength }),
  }
}

function routeOp(kind: 'add route' | 'delete route', route: Route, lookup: Lookup): RouteOp {
  const { place, link, destination, gateway, priority, table, scope, mtu, advmss } = route
  const { inFront, onLink, source } = route
  const [address = '', length = ''] = destination.split('/')
  return {
    kind,
    family: address.includes(':') ? 6 : 4,
    index: lookup.index(place, link),
    ...(Number(length) === 0 ? {} : { destination: { address, prefixLength: Number(length) } }),
    ...present({ inFront, onLink, gateway, source, priority, table, mtu, advmss }),
    ...present({ scope: scope ?? (gateway === undefined ? ('link' as const) : undefined) }),
  }
}

function removal(
  resource: Resource,
  lookup: Lookup,
  links: 'delete' | 'down',
): readonly PlacedOps[] {
  if (resource.kind === 'link') return [removeLink(resource, links, lookup)]
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

// The operations that have a bridge treat one of its ports as it should.
function portOps(
  { link: name, hairpin, isolated, onlyMac, vlans }: BridgePort,
  lookup: Lookup,
): readonly RouteOp[] {
  const values = present({ hairpin, isolated })
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
