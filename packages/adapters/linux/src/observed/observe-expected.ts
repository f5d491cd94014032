import { elementsOf, isEffect, type PlacedElement } from '@vethra/firewall'
import type { FoundElement, FoundLink } from '@vethra/netlink'
import {
  type BridgePort,
  type Link,
  type LinkSettings,
  type LinkType,
  type Owned,
  type Resource,
  type Route,
  readMark,
  type State,
  type Sysctl,
} from '@vethra/state'
import type { Looking } from './looking.ts'
import { observeQdisc } from './observe-qdisc.ts'

/**
 * The expected resources that exist: each as it is now, with the owner that its mark names; without a mark,
 * that of the expectation. Missing ones are left out.
 */
export function observeExpected(known: Looking, expected: State): State {
  return expected.flatMap((each) => {
    const found = observeOne(known, each)
    return found ? [found] : []
  })
}

function observeOne(known: Looking, { resource, owner }: Owned): Owned | undefined {
  const isAway = 'place' in resource && resource.place === 'container' && !known.hasContainer
  if (isAway && resource.kind !== 'link') return undefined
  if (isEffect(resource)) return observeEffect(known, { resource, owner })
  if (resource.kind === 'link') return observeLink(known, resource, owner)
  const found = observePlain(known, resource)
  return found && { resource: found, owner }
}

function observePlain(known: Looking, resource: Resource): Resource | undefined {
  if (resource.kind === 'link settings') {
    const link = known.link(resource.place, resource.link)
    return link && settingsOf(known, resource, link)
  }
  if (resource.kind === 'bridge port') return observePort(known, resource)
  if (resource.kind === 'moved link') {
    const { device, name } = resource
    const link = known.link('container', name)
    if (link === undefined || (device !== '' && link.alias !== device)) return undefined
    return link.alias === '' ? undefined : { ...resource, device: link.alias }
  }
  if (resource.kind === 'rule') {
    const { place, source } = resource
    const found = known.rules(place).find((each) => each.source === source)
    return found && { ...resource, table: found.table }
  }
  if (resource.kind === 'qdisc') return observeQdisc(known, resource)
  if (resource.kind === 'address') return hasAddress(known, resource) ? resource : undefined
  if (resource.kind === 'route') return hasRoute(known, resource) ? resource : undefined
  return resource.kind === 'sysctl' ? readSysctl(known, resource) : undefined
}

function observePort(known: Looking, { onlyMac, ...wanted }: BridgePort): BridgePort | undefined {
  const port = known.link('host', wanted.link)?.port
  if (port === undefined) return undefined
  const { hairpin, isolated, locked } = port
  const only = locked && onlyMac !== undefined ? { onlyMac } : {}
  return { ...wanted, hairpin, isolated, ...only }
}

function settingsOf(known: Looking, wanted: LinkSettings, link: FoundLink): LinkSettings {
  const { place, master } = wanted
  const seen = { ...wanted, ...pick(link) }
  if (master === undefined || known.link(place, master)?.index === link.master) return seen
  const { master: _, ...rest } = seen
  return rest
}

function pick({ up, mac, mtu, promiscuous, allMulticast, transmitQueueLength }: FoundLink) {
  return { up, mac, mtu, promiscuous, allMulticast, transmitQueueLength }
}

function observeLink(known: Looking, wanted: Link, owner: Owned['owner']): Owned | undefined {
  return wanted.type.name === 'veth'
    ? observeVeth(known, wanted, { ends: wanted.type, owner })
    : observePlainLink(known, wanted, owner)
}

function observePlainLink(known: Looking, wanted: Link, owner: Owned['owner']): Owned | undefined {
  const link = known.link(wanted.place, wanted.name)
  if (link === undefined) return undefined
  const isCutShort = owner.kind === 'attachment' && isWithoutMarkYet(known, wanted, link)
  // What else a type says cannot change while the link is there.
  const isSame = link.kind === wanted.type.name && !isCutShort
  const type = isSame ? wanted.type : ({ name: isCutShort ? '' : link.kind } as LinkType)
  const isOurs = owner.kind !== 'attachment' || isCutShort
  return {
    resource: linkOf(wanted, link, type),
    owner: readMark(link.alias) ?? (isOurs ? owner : nobody),
  }
}

// A kill between the making of a link and its marking leaves it without, to be made anew. The name of an ifb is a hash of its
// attachment; the others have the MAC or the parent that was planned.
function isWithoutMarkYet(known: Looking, { type, mac }: Link, link: FoundLink): boolean {
  if (link.alias !== '' || link.kind !== type.name) return false
  if (type.name === 'macvlan') return link.mac === mac
  if ('parent' in type) return link.lower === known.link('host', type.parent)?.index
  return type.name === 'ifb'
}

/** Whose a link of an attachment's name is that bears no mark: not ours. */
const nobody: Owned['owner'] = { kind: 'host' }

interface Veth {
  readonly ends: Extract<LinkType, { name: 'veth' }>
  readonly owner: Owned['owner']
}

// By the host's end, which is there whether the container's namespace can be entered or not.
function observeVeth(
  known: Looking,
  wanted: Link,
  { ends: { hostName, unmarked }, owner }: Veth,
): Owned | undefined {
  const hostEnd = known.link('host', hostName)
  const inside = known.link('container', wanted.name)
  if (hostEnd === undefined)
    return (
      inside && {
        resource: linkOf(wanted, inside, foreignType(inside)),
        owner: ownerBehind(known, inside),
      }
    )
  const bridge = hostEnd.master === undefined ? undefined : known.linkAt(hostEnd.master)?.name
  const mark = unmarked ? { unmarked } : {}
  const ends = { name: 'veth', hostName, hostMac: hostEnd.mac, ...mark } as const
  const type = bridge === undefined ? ends : { ...ends, bridge }
  const isWhole = inside?.lower === hostEnd.index && hostEnd.lower === inside.index
  // An end whose other one is elsewhere, or has another name, is the rest of an earlier life: it has to be made anew.
  const isCutShort = hostEnd.alias === '' && !unmarked
  const isRest = isCutShort || (!isWhole && (inside !== undefined || known.hasContainer))
  const link = linkOf(wanted, inside ?? hostEnd, isRest ? { ...ends, hostMac: '' } : type)
  return {
    resource: { ...link, up: link.up && isWhole },
    // Its name is a hash of its attachment: without a mark yet it is ours all the same.
    owner: readMark(hostEnd.alias) ?? (isCutShort ? owner : nobody),
  }
}

// A veth of another name is whose its other end says, where that is the host's.
function ownerBehind(known: Looking, { kind, index, lower }: FoundLink): Owned['owner'] {
  const hostEnd = kind === 'veth' && lower !== undefined ? known.linkAt(lower) : undefined
  const isPair = hostEnd?.kind === 'veth' && hostEnd.lower === index
  return (isPair ? readMark(hostEnd.alias) : undefined) ?? nobody
}

function foreignType({ kind }: FoundLink): LinkType {
  return kind === 'veth'
    ? { name: 'veth', hostName: '', hostMac: '' }
    : ({ name: kind } as LinkType)
}

// Without IPv6, as with an MTU below 1280, an interface makes no link-local address, whatever is wanted.
function linkOf({ place, name, linkLocal: asked }: Link, link: FoundLink, type: LinkType): Link {
  const { up, mac, mtu, linkLocal = asked } = link
  return {
    kind: 'link',
    place,
    name,
    type,
    up,
    mac,
    mtu,
    ...(linkLocal === undefined ? {} : { linkLocal }),
  }
}

function hasAddress(
  known: Looking,
  { place, link, address, prefixLength }: Extract<Resource, { kind: 'address' }>,
): boolean {
  const index = known.link(place, link)?.index
  return known
    .addresses(place)
    .some(
      (each) =>
        each.index === index && each.prefixLength === prefixLength && each.address === address,
    )
}

function hasRoute(known: Looking, route: Route): boolean {
  const { place, link, destination, gateway, priority = 0, table = 254 } = route
  const index = known.link(place, link)?.index
  const metric = destination.includes(':') && priority === 0 ? 1024 : priority
  return (known.routes(place).get(destination) ?? []).some(
    (each) =>
      each.index === index &&
      each.gateway === gateway &&
      each.table === table &&
      each.priority === metric,
  )
}

function readSysctl(known: Looking, sysctl: Sysctl): Resource | undefined {
  const value = known.sysctl(sysctl.place, sysctl.key)
  return value === undefined ? undefined : { ...sysctl, value }
}

// An effect is there when each of its elements is; one that leads elsewhere is found as it leads.
function observeEffect(known: Looking, { resource, owner }: Owned): Owned | undefined {
  if (!isEffect(resource)) return undefined
  const wanted = elementsOf(resource, owner)
  const found = wanted.map((each) => observeElement(known, each))
  const [first] = found
  if (first === undefined || found.includes(undefined)) return undefined
  if (resource.kind === 'admit' && !known.passes(resource.subnets)) return undefined
  const { comment, data } = first
  const mark = readMark(comment) ?? owner
  if (resource.kind !== 'publish') return { resource, owner: mark }
  const [address = '', port = ''] = data ?? []
  return { resource: { ...resource, address, port: Number(port) }, owner: mark }
}

function observeElement(known: Looking, { set, element }: PlacedElement): FoundElement | undefined {
  const key = element.key.map((each) => each.replace(/\/\d+$/, ''))
  return known.element(set, key)
}
