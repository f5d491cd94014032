import type { FoundLink } from '@vethra/netlink'
import { type Link, type LinkType, type Owned, readMark } from '@vethra/state'
import type { Looking } from './looking.ts'

/** An interface as it is now, with the owner that its mark names; undefined where it is missing. */
export function observeLink(
  known: Looking,
  wanted: Link,
  owner: Owned['owner'],
): Owned | undefined {
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
