import { payloadAt, readAttributes } from './attributes.ts'
import type { ReceivedMessage } from './messages.ts'
import { hexText, type Octets, textOf, view } from './octets.ts'

/** An interface, as the kernel reports it. */
export interface FoundLink {
  readonly index: number
  readonly name: string
  /** Lower case; empty for links that have none, such as tunnels. */
  readonly mac: string
  readonly mtu: number
  readonly up: boolean
  /** `veth`, `bridge`, …; empty for hardware. */
  readonly kind: string
  /** The owner's mark; empty without one. */
  readonly alias: string
  /** The index of its bridge or VRF; absent without one. */
  readonly master?: number
  /** The index of the veth's other end, or of what it lies on, in that one's namespace. */
  readonly lower?: number
  /** Whether it asks for neighbours. */
  readonly arp: boolean
  readonly promiscuous: boolean
  readonly allMulticast: boolean
  readonly transmitQueueLength: number
  /** How its bridge treats it; absent where it is no port. */
  readonly port?: {
    readonly hairpin: boolean
    readonly isolated: boolean
    /** Whether it takes frames of known MACs alone. */
    readonly locked: boolean
  }
  /** Whether it makes a link-local IPv6 address by itself; absent where the kernel does not say. */
  readonly linkLocal?: boolean
  /** The routing table of a VRF; absent for other kinds. */
  readonly vrfTable?: number
}

const newLink = 16

/** The link of an RTM_NEWLINK message; undefined for another message, or one that is cut short. */
export function decodeLink({ type, body }: ReceivedMessage): FoundLink | undefined {
  if (type !== newLink || body.length < 16) return undefined
  const numbers = view(body)
  const attributes = readAttributes(body.subarray(16))
  const text = (key: number) => textOf(attributes.get(key))
  const master = numberOf(attributes.get(10))
  const lower = numberOf(attributes.get(5))
  const kind = textOf(payloadAt(attributes.get(18), [1]))
  const vrfTable = kind === 'vrf' ? numberOf(payloadAt(attributes.get(18), [2, 1])) : undefined
  return {
    index: numbers.getInt32(4, true),
    name: text(3),
    mac: macText(attributes.get(1)),
    mtu: numberOf(attributes.get(4)) ?? 0,
    up: (numbers.getUint32(8, true) & 1) === 1,
    kind,
    alias: text(20),
    ...(master ? { master } : {}),
    ...(lower ? { lower } : {}),
    arp: (numbers.getUint32(8, true) & 0x80) === 0,
    promiscuous: (numbers.getUint32(8, true) & 0x100) !== 0,
    allMulticast: (numbers.getUint32(8, true) & 0x200) !== 0,
    transmitQueueLength: numberOf(attributes.get(13)) ?? 0,
    ...portOf(attributes.get(18)),
    ...addressModeOf(attributes.get(26)),
    ...(vrfTable === undefined ? {} : { vrfTable }),
  }
}

/** The index of the bridge or VRF of the link of an RTM_NEWLINK message, which is all that is decoded; undefined without one. */
export function masterOf({ type, body }: ReceivedMessage): number | undefined {
  return type === newLink ? numberOf(payloadAt(body.subarray(16), [10])) : undefined
}

function portOf(linkInfo: Octets | undefined): Pick<FoundLink, 'port'> {
  const settings = payloadAt(linkInfo, [5])
  const isOn = (type: number) => payloadAt(settings, [type])?.[0] === 1
  if (!payloadAt(settings, [4])) return {}
  return { port: { hairpin: isOn(4), isolated: isOn(33), locked: isOn(39) } }
}

// Of AF_SPEC: inet6, IFLA_INET6_ADDR_GEN_MODE; 1 is none.
function addressModeOf(families: Octets | undefined): Pick<FoundLink, 'linkLocal'> {
  const mode = payloadAt(families, [10, 8])
  return mode ? { linkLocal: mode[0] !== 1 } : {}
}

/** An address of an interface, as the kernel reports it. */
export interface FoundAddress {
  readonly index: number
  /** In network order: 4 or 16 octets. */
  readonly octets: Octets
  readonly prefixLength: number
  /** Whether it is for its link alone: RT_SCOPE_LINK. */
  readonly isOfLink: boolean
  /** Why the kernel does not use it: it still asks whether another host has it, or one does. Absent where it does. */
  readonly unused?: 'tentative' | 'duplicate'
}

/** The address of an RTM_NEWADDR message; undefined for another message, or another family. */
export function decodeAddress({ type, body }: ReceivedMessage): FoundAddress | undefined {
  const family = familyOf(body[0])
  if (type !== 20 || body.length < 8 || family === undefined) return undefined
  const attributes = readAttributes(body.subarray(8))
  // IFA_ADDRESS is the other end of a point-to-point interface; IFA_LOCAL, where given, is the address itself.
  const octets = attributes.get(2) ?? attributes.get(1)
  if (octets?.length !== (family === 4 ? 4 : 16)) return undefined
  const index = view(body).getUint32(4, true)
  const found = { index, octets, prefixLength: body[1] ?? 0, isOfLink: body[3] === 253 }
  // IFA_F_TENTATIVE and IFA_F_DADFAILED.
  const flags = (body[2] ?? 0) & 0x48
  return flags === 0 ? found : { ...found, unused: flags & 8 ? 'duplicate' : 'tentative' }
}

/** A route, as the kernel reports it. */
export interface FoundRoute {
  readonly family: 4 | 6
  readonly table: number
  /** RTN_*: 1 unicast, 2 local, 6 blackhole, … */
  readonly type: number
  /** Absent for a default route. */
  readonly destination?: Octets
  readonly prefixLength: number
  readonly gateway?: Octets
  /** The address that packets to there get. */
  readonly source?: Octets
  readonly index?: number
  readonly priority?: number
}

/** The routes of an RTM_NEWROUTE message, one for each next hop; none for another message, or another family. */
export function decodeRoutes({ type, body }: ReceivedMessage): readonly FoundRoute[] {
  const family = familyOf(body[0])
  if (type !== 24 || body.length < 12 || family === undefined) return []
  const attributes = readAttributes(body.subarray(12))
  const destination = attributes.get(1)
  const gateway = attributes.get(5)
  const source = attributes.get(7)
  const index = numberOf(attributes.get(4))
  const priority = numberOf(attributes.get(6))
  const route = {
    family,
    table: numberOf(attributes.get(15)) ?? body[4] ?? 0,
    type: body[7] ?? 0,
    prefixLength: body[1] ?? 0,
    ...(destination ? { destination } : {}),
    ...(source ? { source } : {}),
    ...(priority === undefined ? {} : { priority }),
  }
  const hops = nextHops(attributes.get(9))
  const own = { ...(gateway ? { gateway } : {}), ...(index === undefined ? {} : { index }) }
  return (hops.length > 0 ? hops : [own]).map((hop) => ({ ...route, ...hop }))
}

// Of RTA_MULTIPATH, each rtnexthop: length, flags, weight, index, attributes. The kernel joins IPv6 routes to one
// destination by several interfaces into one.
function nextHops(
  octets: Octets = new Uint8Array(),
): readonly Pick<FoundRoute, 'gateway' | 'index'>[] {
  const hops: Pick<FoundRoute, 'gateway' | 'index'>[] = []
  let rest = octets
  while (rest.length >= 8) {
    const length = view(rest).getUint16(0, true)
    if (length < 8 || length > rest.length) break
    const gateway = readAttributes(rest.subarray(8, length)).get(5)
    hops.push({ index: view(rest).getInt32(4, true), ...(gateway ? { gateway } : {}) })
    rest = rest.subarray((length + 3) & ~3)
  }
  return hops
}

/** A routing rule, as the kernel reports it. */
interface FoundRule {
  readonly family: 4 | 6
  readonly table: number
  /** The source that it is for, in network order; absent where it is for all. */
  readonly source?: Octets
  readonly prefixLength: number
  readonly priority: number
  /** Whether it refuses each packet, whatever it is: a rule without a selector. */
  readonly refuses: boolean
}

/** The rule of an RTM_NEWRULE message; undefined for another message, or another family. */
export function decodeRule({ type, body }: ReceivedMessage): FoundRule | undefined {
  const family = familyOf(body[0])
  if (type !== 32 || body.length < 12 || family === undefined) return undefined
  const attributes = readAttributes(body.subarray(12))
  const source = attributes.get(2)
  const table = numberOf(attributes.get(15)) ?? body[4] ?? 0
  // FRA_PRIORITY, FRA_TABLE, FRA_PROTOCOL, and what says nothing: FRA_SUPPRESS_PREFIXLEN of all ones, FRA_PAD.
  const selectors = [...attributes.keys()].filter((each) => ![6, 14, 15, 18, 21].includes(each))
  return {
    family,
    table,
    prefixLength: body[2] ?? 0,
    priority: numberOf(attributes.get(6)) ?? 0,
    // FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT; of FIB_RULE_INVERT it is for none.
    refuses: [6, 7, 8].includes(body[7] ?? 0) && selectors.length === 0 && (body[8] ?? 0) === 0,
    ...(source ? { source } : {}),
  }
}

/** The entry of an RTM_NEWNEIGH message; undefined for another message, or one that the kernel made. */
export function decodeNeighbour({
  type,
  body,
}: ReceivedMessage): { readonly index: number; readonly address: Octets } | undefined {
  if (type !== 28 || body.length < 12 || familyOf(body[0]) === undefined) return undefined
  const permanent = 0x80
  const address = payloadAt(body.subarray(12), [1])
  if (address === undefined || view(body).getUint16(8, true) !== permanent) return undefined
  return { index: view(body).getUint32(4, true), address }
}

function familyOf(octet: number | undefined): 4 | 6 | undefined {
  return octet === 2 ? 4 : octet === 10 ? 6 : undefined
}

function numberOf(octets: Octets | undefined): number | undefined {
  return octets?.length === 4 ? view(octets).getUint32(0, true) : undefined
}

function macText(octets: Octets | undefined): string {
  return octets?.length === 6 ? hexText(octets, ':') : ''
}
