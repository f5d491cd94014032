import { readAddress, toOctets } from '@vethra/address'
import { attribute, nested } from './attributes.ts'
import { encodeNewLink } from './encode-new-link.ts'
import { encodeSetLink } from './encode-set-link.ts'
import { ifla, linkHeader, linkMessage, rtm } from './link-message.ts'
import { flag, type Message } from './messages.ts'
import { join, type Octets, u8, u32 } from './octets.ts'
import type { AddressOp, RouteDump, RouteEntryOp, RouteOp, RuleOp } from './route-op.ts'
import { encodeShapingOp, type ShapingOp } from './shaping.ts'
import { encodeTrafficOp, type TrafficOp } from './traffic-control.ts'

const create = flag.create | flag.exclusive

/** The messages of operations, in order; the last asks for an acknowledgement, errors come in any case. Throws RangeError for a bad value. */
export function encodeRouteOps(ops: readonly RouteOp[]): readonly Message[] {
  return ops.map((op, index) => {
    const message = encodeLinkOp(op) ?? encodeOther(op as OtherOp)
    const last = index === ops.length - 1
    return last ? { ...message, flags: message.flags | flag.ack } : message
  })
}

// Undefined for one that is neither on links nor a question.
function encodeLinkOp(op: RouteOp): Message | undefined {
  if (op.kind === 'ask link')
    return linkMessage({ type: rtm.getLink, flags: 0 }, op.link, [attribute(ifla.mask, u32(8))])
  if (op.kind === 'ask route') return routeQuestion(op.address)
  if (op.kind === 'delete link') return linkMessage({ type: rtm.deleteLink, flags: 0 }, op.link, [])
  return encodeNewLink(op) ?? encodeSetLink(op)
}

type OtherOp = AddressOp | RouteEntryOp | RuleOp | TrafficOp | ShapingOp

function encodeOther(op: OtherOp): Message {
  if ('prefixLength' in op) return encodeAddress(op)
  if ('family' in op) return encodeRoute(op)
  if ('source' in op) return encodeRule(op)
  return 'others' in op || 'class' in op ? encodeShapingOp(op) : encodeTrafficOp(op)
}

const dumpTypes = { links: 18, addresses: 22, routes: 26, rules: 34, neighbours: 30 } as const

/** The message that lists all links, addresses, routes, rules or neighbours. Links come without statistics, the most of what the kernel writes. */
export function encodeRouteDump(what: RouteDump): Message {
  const skipStatistics = attribute(29, u32(8))
  const body =
    what === 'links'
      ? join([linkHeader(), skipStatistics])
      : new Uint8Array(what === 'addresses' ? 8 : 12)
  return { type: dumpTypes[what], flags: flag.dump, body }
}

const noDuplicateDetection = 2
const noPrefixRoute = 0x200

// ifaddrmsg: family, prefix length, flags, scope, index. An IPv6 address is usable at once.
function encodeAddress(op: AddressOp): Message {
  const { octets, family } = addressOctets(op.address)
  const flags = family === 10 && !op.asksFirst ? noDuplicateDetection : 0
  const head = [u8(family), u8(op.prefixLength), u8(flags), u8(0), u32(op.index)]
  const attributes = [
    attribute(2, octets),
    ...(family === 2 ? [attribute(1, octets)] : []),
    ...(op.broadcast === undefined ? [] : [attribute(4, addressOctets(op.broadcast).octets)]),
    // The header has room for eight flags: where all are given, these count alone.
    ...(op.prefixRoute === false ? [attribute(8, u32(flags | noPrefixRoute))] : []),
  ]
  const adds = op.kind === 'add address'
  return { type: adds ? 20 : 21, flags: adds ? create : 0, body: join([...head, ...attributes]) }
}

const toTable = 1

// fib_rule_hdr: family, lengths of destination and source, tos, table, two reserved, action, flags.
function encodeRule({ kind, source, table }: RuleOp): Message {
  const { octets, family } = addressOctets(source.address)
  const short = table < 256 ? table : 0
  const head = Uint8Array.of(family, 0, source.prefixLength, 0, short, 0, 0, toTable)
  const more = table < 256 ? [] : [attribute(15, u32(table))]
  const adds = kind === 'add rule'
  const body = join([head, u32(0), attribute(2, octets), ...more])
  return { type: adds ? 32 : 33, flags: adds ? create : 0, body }
}

const scopes = { global: 0, link: 253, host: 254 } as const
const protocolBoot = 3
const typeUnicast = 1
// RTNH_F_ONLINK (rtnetlink.h).
const gatewayOnLink = 4

// rtmsg: family, length of destination and source, tos, table, protocol, scope, type, flags.
function encodeRoute(op: RouteEntryOp): Message {
  const { destination, table = 254, scope = 'global' } = op
  const adds = op.kind === 'add route'
  const head = Uint8Array.of(
    op.family === 4 ? 2 : 10,
    destination?.prefixLength ?? 0,
    0,
    0,
    table < 256 ? table : 0,
    // Whoever made it, the kernel for one: it goes.
    adds ? protocolBoot : 0,
    scopes[scope],
    typeUnicast,
  )
  const body = join([head, u32(op.onLink ? gatewayOnLink : 0), ...routeAttributes(op, table)])
  const flags = op.inFront ? flag.create : create
  return { type: adds ? 24 : 25, flags: adds ? flags : 0, body }
}

function routeAttributes(op: RouteEntryOp, table: number): readonly Octets[] {
  const addresses = [
    [1, op.destination?.address],
    [5, op.gateway],
    [7, op.source],
  ] as const
  const metrics = [
    ...(op.mtu === undefined ? [] : [attribute(2, u32(op.mtu))]),
    ...(op.advmss === undefined ? [] : [attribute(8, u32(op.advmss))]),
  ]
  return [
    ...addresses.flatMap(([type, address]) =>
      address === undefined ? [] : [attribute(type, addressOctets(address).octets)],
    ),
    ...(op.index === undefined ? [] : [attribute(4, u32(op.index))]),
    ...(op.priority === undefined ? [] : [attribute(6, u32(op.priority))]),
    ...(metrics.length === 0 ? [] : [nested(8, metrics)]),
    ...(table < 256 ? [] : [attribute(15, u32(table))]),
  ]
}

function routeQuestion(address: string): Message {
  const { octets, family } = addressOctets(address)
  const head = Uint8Array.of(family, octets.length * 8, 0, 0, 0, 0, 0, 0)
  return { type: 26, flags: 0, body: join([head, u32(0), attribute(1, octets)]) }
}

/** The octets of an address in network order, and its address family number. Throws RangeError for a text that is none. */
export function addressOctets(text: string): { readonly octets: Octets; readonly family: 2 | 10 } {
  const address = readAddress(text)
  if (address === undefined) throw new RangeError(`not an IP address: ${text}`)
  return { octets: toOctets(address), family: address.family === 4 ? 2 : 10 }
}
