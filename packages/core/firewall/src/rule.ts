import {
  hostNumber,
  type NftConntrack,
  type NftExpression,
  type NftPayload,
  type NftVerdict,
  prefixBounds,
} from '@vethra/netlink'

/** A rule of ours: what a packet must be, all of it, and what becomes of it then. */
export interface Rule {
  readonly when: readonly Match[]
  readonly does: Action
}

/** One thing that a packet must be. */
export type Match =
  | { readonly kind: 'family'; readonly family: 4 | 6 }
  /** To an address of this host; `here`: of the interface that it came by. */
  | { readonly kind: 'local'; readonly here?: boolean }
  | { readonly kind: 'protocol'; readonly protocol: keyof typeof protocolNumbers }
  /** By a protocol to a port. */
  | { readonly kind: 'port'; readonly protocol: 'tcp' | 'udp'; readonly port: number }
  /** An ICMPv6 message of a type. */
  | { readonly kind: 'icmp6'; readonly type: number }
  | { readonly kind: 'state'; readonly what: NftConntrack; readonly bits: readonly Bit[] }
  | {
      readonly kind: 'in'
      readonly fields: readonly Field[]
      readonly set: string
      readonly not?: boolean
    }
  | {
      readonly kind: 'prefix'
      readonly field: NftPayload
      readonly prefix: string
      readonly not?: boolean
    }
  /** One of more than `perSecond` packets with the same field, once `burst` came at once; `set` keeps count. */
  | {
      readonly kind: 'more'
      readonly field: NftPayload
      readonly set: string
      readonly perSecond: number
      readonly burst: number
    }

/** A field of a packet that is looked up in a set. */
export type Field = 'iifname' | 'oifname' | NftPayload | 'l4proto'

/** Bits of a connection's state and status, in host order. */
type Bit = keyof typeof bits

const bits = { established: 2, related: 4, dnat: 0x20 } as const

/** The fate of a packet. `mark and accept` sets the bit, so that chains of others let it pass. */
type Action =
  | NftVerdict
  | 'masquerade'
  | { readonly dnat: string; readonly family: 4 | 6; readonly fields: readonly Field[] }
  | { readonly markAndAccept: number }

const protocolNumbers = { tcp: 6, udp: 17, sctp: 132 } as const

/** The expressions of a rule, as the kernel has them. */
export function expressionsOf({ when, does }: Rule): readonly NftExpression[] {
  return [...when.flatMap(matchExpressions), ...actionExpressions(does)]
}

/** The rule as nft(8) reads it. */
export function ruleText({ when, does }: Rule): string {
  return [...when.map(matchText), actionText(does)].join(' ')
}

function matchExpressions(match: Match): readonly NftExpression[] {
  if (match.kind === 'family')
    return [load('nfproto', 1), equals(Uint8Array.of(match.family === 4 ? 2 : 10))]
  if (match.kind === 'local') {
    const what = match.here ? 'address type here' : 'address type'
    return [load(what, 1), equals(hostNumber(2))]
  }
  if (match.kind === 'state') {
    const mask = match.bits.reduce((sum, bit) => sum | bits[bit], 0)
    return [
      load(match.what, 1),
      { kind: 'mask', register: 1, mask: hostNumber(mask) },
      equals(hostNumber(0), true),
    ]
  }
  if (match.kind === 'in') {
    const { fields, set, not = false } = match
    return [...loadFields(fields), { kind: 'look up', set, register: first, not }]
  }
  if (match.kind === 'icmp6') return ofProtocol(58, 'icmp6 type', [match.type])
  if (match.kind === 'protocol')
    return [load('l4proto', 1), equals(Uint8Array.of(protocolNumbers[match.protocol]))]
  if (match.kind === 'port') {
    const octets = [match.port >> 8, match.port & 255]
    return ofProtocol(protocolNumbers[match.protocol], 'th dport', octets)
  }
  if (match.kind === 'more') {
    const { field, set, perSecond, burst } = match
    return [load(field, 1), { kind: 'meter', set, register: 1, perSecond, burst }]
  }
  const { mask, address } = prefixOctets(match.prefix)
  return [load(match.field, 1), { kind: 'mask', register: 1, mask }, equals(address, match.not)]
}

function ofProtocol(
  protocol: number,
  what: Parameters<typeof load>[0],
  octets: readonly number[],
): readonly NftExpression[] {
  const isProtocol = [load('l4proto', 1), equals(Uint8Array.of(protocol))]
  return [...isProtocol, load(what, 1), equals(Uint8Array.from(octets))]
}

/** Register 8 is the first of those with 4 octets. */
const first = 8
const widths: Readonly<Record<string, number>> = {
  iifname: 4,
  oifname: 4,
  'ip6 saddr': 4,
  'ip6 daddr': 4,
}

function loadFields(fields: readonly Field[]): readonly NftExpression[] {
  let register = first
  return fields.map((field) => {
    const at = register
    register += widths[field] ?? 1
    return load(field, at)
  })
}

function actionExpressions(action: Action): readonly NftExpression[] {
  if (action === 'masquerade') return [{ kind: 'masquerade' }]
  if (typeof action === 'object' && 'markAndAccept' in action) {
    const bit = action.markAndAccept
    return [
      load('mark', 1),
      { kind: 'mask', register: 1, mask: hostNumber(0xffffffff ^ bit), xor: hostNumber(bit) },
      { kind: 'set mark', register: 1 },
      { kind: 'verdict', verdict: 'accept' },
    ]
  }
  if (typeof action === 'object' && 'dnat' in action) {
    const { dnat, family, fields } = action
    const port = first + (family === 4 ? 1 : 4)
    return [
      ...loadFields(fields),
      { kind: 'look up', set: dnat, register: first, into: first },
      { kind: 'dnat', family, address: first, port },
    ]
  }
  return [{ kind: 'verdict', verdict: action }]
}

function load(
  what: Extract<NftExpression, { kind: 'load' }>['what'],
  register: number,
): NftExpression {
  return { kind: 'load', what, register }
}

function equals(value: Uint8Array, not = false): NftExpression {
  return { kind: 'compare', register: 1, value, not }
}

function prefixOctets(prefix: string): { readonly address: Uint8Array; readonly mask: Uint8Array } {
  const { first: address } = prefixBounds(prefix)
  const length = Number(prefix.split('/')[1])
  const mask = address.map((_, at) => (0xff00 >> Math.min(8, Math.max(0, length - at * 8))) & 0xff)
  return { address, mask }
}

function matchText(match: Match): string {
  if (match.kind === 'family') return `meta nfproto ipv${match.family}`
  if (match.kind === 'local') return `fib daddr${match.here ? ' . iif' : ''} type local`
  if (match.kind === 'state') return `${match.what} ${match.bits.join(',')}`
  if (match.kind === 'port') return `meta l4proto ${match.protocol} th dport ${match.port}`
  if (match.kind === 'protocol') return `meta l4proto ${match.protocol}`
  if (match.kind === 'icmp6') return `meta l4proto ipv6-icmp icmpv6 type ${match.type}`
  if (match.kind === 'more') {
    const { field, set, perSecond, burst } = match
    return `update @${set} { ${field} limit rate over ${perSecond}/second burst ${burst} packets }`
  }
  const not = match.not ? '!= ' : ''
  if (match.kind === 'in') return `${match.fields.map(fieldText).join(' . ')} ${not}@${match.set}`
  return `${match.field} ${not}${match.prefix}`
}

function fieldText(field: Field): string {
  return field === 'l4proto' ? 'meta l4proto' : field
}

function actionText(action: Action): string {
  if (typeof action === 'string') return action
  if ('jump' in action) return `jump ${action.jump}`
  if ('goto' in action) return `goto ${action.goto}`
  if ('markAndAccept' in action)
    return `meta mark set meta mark | 0x${action.markAndAccept.toString(16).padStart(8, '0')} accept`
  const { dnat, family, fields } = action
  return `dnat ${family === 4 ? 'ip' : 'ip6'} to ${fields.map(fieldText).join(' . ')} map @${dnat}`
}
