import { present } from '@vethra/cni'
import type { RouteOp } from '@vethra/netlink'
import { type Link, type LinkType, type MovedLink, type Owned, ownerMark } from '@vethra/state'
import type { Lookup, PlacedOps } from './placed-ops.ts'

type Values = { readonly [Key in 'mac' | 'mtu']?: Link[Key] | undefined }
type TypeOf<Name extends LinkType['name']> = Extract<LinkType, { name: Name }>

/** The operations that make a link, mark it with its owner, and bring it up where it is to be. */
export function makeLink({ owner }: Owned, link: Link, lookup: Lookup): readonly PlacedOps[] {
  const { type, place } = link
  const alias = ownerMark(owner)
  if (type.name === 'veth') return makeVeth({ ...link, type }, alias, lookup)
  if ('parent' in type) return makeUpper({ ...link, type }, alias, lookup)
  return [{ place, ops: [aloneOp({ ...link, type }), ...insideOps(link, alias)] }]
}

/** The operations that give a link other values. */
export function alterLink({ name, place, up: isUp, mac, mtu, linkLocal }: Link): PlacedOps {
  return {
    place,
    ops: [
      ...(linkLocal === undefined ? [] : [linkLocalOp(name, linkLocal)]),
      { kind: 'set link', link: { name }, up: isUp, ...valuesOf({ mac, mtu }) },
    ],
  }
}

/**
 * The operation that deletes a link, or takes one of a container down. A veth goes by its host's end, one of others, and one
 * whose host's end was renamed since it was seen, by the container's.
 */
export function removeLink(
  { place, name, type }: Link,
  links: 'delete' | 'down',
  lookup: Lookup,
): PlacedOps {
  const { hostName = '', hostMac = '' } = type.name === 'veth' ? type : {}
  const index = hostName === '' ? undefined : lookup.find('host', hostName)
  const isRenamed = index === undefined && hostMac !== '' && lookup.hasContainer
  const isInside = hostName === '' || isRenamed
  const link = index === undefined ? { name: isInside ? name : hostName } : { index }
  // An interface of the host goes with no namespace.
  const op: RouteOp =
    links === 'down' && place === 'container'
      ? { kind: 'set link', link, up: false }
      : { kind: 'delete link', link }
  return { place: isInside ? place : 'host', ops: [op] }
}

/** The operations that move a device of the host into the container. Its alias has the name under which it goes back. */
export function moveIn({ device, name }: MovedLink, lookup: Lookup): readonly PlacedOps[] {
  const index = lookup.index('host', device)
  const link = { index }
  return [
    // In one, so that one that may not move stays as it is. The kernel takes it down as it moves it.
    {
      place: 'host',
      ops: [{ kind: 'set link', link, alias: device, name, namespace: lookup.namespace() }],
    },
    { place: 'container', ops: [up(name)] },
  ]
}

/** The operations that move a device back to the host. */
export function moveOut({ device, name }: MovedLink, lookup: Lookup): readonly PlacedOps[] {
  // The kernel moves it first, and renames it then: it would be left on the host under the container's name.
  lookup.demandFree(device)
  const link = { index: lookup.index('container', name) }
  const out = { kind: 'set link', link, name: device, namespace: lookup.host() } as const
  return [
    { place: 'container', ops: [{ kind: 'set link', link, up: false }, out] },
    { place: 'host', ops: [marked(device, '')] },
  ]
}

function aloneOp(
  link: Link & { readonly type: TypeOf<'bridge' | 'dummy' | 'ifb' | 'vrf'> },
): RouteOp {
  const { name, type } = link
  const common = { name, ...valuesOf(link) }
  if (type.name === 'vrf') return { kind: 'add vrf', table: type.table, ...common }
  if (type.name !== 'bridge') return { kind: `add ${type.name}`, ...common }
  return { kind: 'add bridge', ...common, ...(type.vlanFiltering ? { vlanFiltering: true } : {}) }
}

function makeVeth(
  link: Link & { readonly type: TypeOf<'veth'> },
  alias: string,
  lookup: Lookup,
): readonly PlacedOps[] {
  const { name, mtu, type, place } = link
  const { hostName, hostMac, bridge } = type
  const master = bridge === undefined ? {} : { master: lookup.index('host', bridge) }
  const peer = { name, ...valuesOf(link), namespace: lookup.namespace() }
  const ends = { name: hostName, ...valuesOf({ mac: hostMac, mtu }), ...master, peer }
  return [
    {
      place: 'host',
      ops: [
        { kind: 'add veth', ...ends },
        marked(hostName, alias),
        linkLocalOp(hostName, false),
        up(hostName),
      ],
    },
    { place, ops: insideOps(link) },
  ]
}

function makeUpper(
  link: Link & { readonly type: TypeOf<'macvlan' | 'ipvlan' | 'vlan'> },
  alias: string,
  lookup: Lookup,
): readonly PlacedOps[] {
  const { name, type, place } = link
  const from = type.parentPlace ?? 'host'
  const lower = lookup.index(from, type.parent)
  const namespace = from === place ? {} : { namespace: lookup.namespace() }
  return [
    { place: from, ops: [{ ...upperOf(type), name, lower, ...namespace, ...valuesOf(link) }] },
    { place, ops: insideOps(link, alias) },
  ]
}

function upperOf(type: TypeOf<'macvlan' | 'ipvlan' | 'vlan'>) {
  if (type.name === 'vlan') return { kind: 'add vlan', id: type.id } as const
  if (type.name === 'ipvlan') return { kind: 'add ipvlan', mode: type.mode } as const
  const { mode, broadcastQueue } = type
  return { kind: 'add macvlan', mode, ...present({ broadcastQueue }) } as const
}

function valuesOf({ mac, mtu }: Values) {
  return present({ mac, mtu })
}

function insideOps({ name, up: isUp, linkLocal }: Link, alias?: string): readonly RouteOp[] {
  return [
    ...(alias === undefined ? [] : [marked(name, alias)]),
    ...(linkLocal === false ? [linkLocalOp(name, false)] : []),
    ...(isUp ? [up(name)] : []),
  ]
}

// The message that makes a link has no effect on its alias.
function marked(name: string, alias: string): RouteOp {
  return { kind: 'set link', link: { name }, alias }
}

function up(name: string): RouteOp {
  return { kind: 'set link', link: { name }, up: true }
}

function linkLocalOp(name: string, makesOne: boolean): RouteOp {
  return { kind: 'set address mode', link: { name }, mode: makesOne ? 'eui64' : 'none' }
}
