import { addressBits, formatPrefix, readCidr, toOctets } from '@vethra/address'
import { attribute, nested, payloadAt } from './attributes.ts'
import { flag, type Message, type ReceivedMessage } from './messages.ts'
import { be16, be32, join, type Octets, u8, u16, u32, view } from './octets.ts'
import {
  type FoundLimit,
  isKind,
  kind,
  message,
  rateAt,
  rateSpec,
  rootHandle,
} from './traffic-control.ts'

/** A request about which of the packets that leave an interface are held to a rate. */
export type ShapingOp = AddClasses | AddClass | AddSubnet

// Held to a rate, or free of any.
type PacketClass = 'held' | 'free'

/** Puts the packets that leave by an interface into classes (htb). */
interface AddClasses {
  readonly kind: 'add classes'
  readonly index: number
  /** The class of packets that no subnet says more of. */
  readonly others: PacketClass
}

/** Makes a class of packets. */
interface AddClass {
  readonly kind: 'add class'
  readonly index: number
  readonly class: PacketClass
  /** In octets a second. */
  readonly rate: number
  /** In octets: what may pass at once. */
  readonly burst: number
}

/** Puts the packets to a subnet into a class. */
interface AddSubnet {
  readonly kind: 'add subnet'
  readonly index: number
  readonly subnet: string
  readonly class: PacketClass
}

// Those of the plugin `bandwidth` of containernetworking.
const minors = { held: 48, free: 1 } as const
const tickNs = 64

/** The message of a request about classes of packets. Throws RangeError for a subnet that is none. */
export function encodeShapingOp(op: ShapingOp): Message {
  const { index } = op
  if (op.kind === 'add subnet') return encodeSubnet(op)
  const head = { index, flags: flag.create | flag.exclusive }
  if (op.kind === 'add class') {
    const at = { ...head, parent: rootHandle, handle: rootHandle | minors[op.class] }
    return message(40, at, [kind('htb'), nested(2, classOptions(op))])
  }
  // struct tc_htb_glob: version, rate2quantum, the default class, debug, direct_pkts.
  const init = [u32(3), u32(10), u32(minors[op.others]), u32(0), u32(0)]
  const at = { ...head, parent: 0xffffffff, handle: rootHandle }
  return message(36, at, [kind('htb'), nested(2, [attribute(2, join(init))])])
}

// struct tc_htb_opt: rate, ceiling, burst of each in ticks, quantum, level, priority.
function classOptions({ rate, burst }: AddClass): readonly Octets[] {
  const spec = rateSpec(Math.min(rate, 0xffffffff))
  const ticks = u32(Math.min(Math.floor((burst * 1e9) / rate / tickNs), 0xffffffff))
  const largest = u32(0x10000)
  const parameters = join([spec, spec, ticks, ticks, largest, u32(0), u32(0)])
  const fast = join([u32(rate), u32(Math.floor(rate / 2 ** 32))])
  const both = rate > 0xffffffff ? [attribute(6, fast), attribute(7, fast)] : []
  return [attribute(1, parameters), ...both]
}

// Where a packet has its destination, and what tells its protocol in a filter: one priority has one protocol.
const destinations = {
  4: { offset: 16, info: (16 << 16) | 0x0008 },
  6: { offset: 24, info: (15 << 16) | 0xdd86 },
} as const

// u32 with a key for each four octets of the mask that are not all zero.
function encodeSubnet({ index, subnet, class: name }: AddSubnet): Message {
  const prefix = readCidr(subnet)?.prefix
  if (prefix === undefined) throw new RangeError(`not a subnet: ${subnet}`)
  const { family, base, length } = prefix
  const bits = addressBits(family)
  const { offset, info } = destinations[family]
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length)
  const octetsOf = (value: bigint) => toOctets({ family, value })
  const [value, masked] = [octetsOf(base), octetsOf(mask)]
  const keys = Array.from({ length: Math.max(1, Math.ceil(length / 32)) }, (_, at) => {
    const [from, to] = [4 * at, 4 * at + 4]
    return join([masked.subarray(from, to), value.subarray(from, to), u32(offset + from), u32(0)])
  })
  const terminal = u8(1)
  const rest = [be16(0), u16(0), u16(0), u16(0), be32(0)]
  const selector = join([terminal, u8(0), u8(keys.length), u8(0), ...rest, ...keys])
  const options = [attribute(1, u32(rootHandle | minors[name])), attribute(5, selector)]
  const at = { index, parent: rootHandle, info, flags: flag.create | flag.exclusive }
  return message(44, at, [kind('u32'), nested(2, options)])
}

/** Asks for the classes of packets that leave an interface. */
export function dumpClasses(index: number): Message {
  return message(42, { index, parent: 0, flags: flag.dump }, [])
}

/** Asks for the filters that put packets into classes. */
export function dumpClassFilters(index: number): Message {
  return message(46, { index, parent: rootHandle, flags: flag.dump }, [])
}

/** The limit of one class of packets, by RTM_NEWTCLASS and RTM_NEWTFILTER messages; undefined where no class is held. */
export function decodeShaping(
  classes: readonly ReceivedMessage[],
  filters: readonly ReceivedMessage[],
): FoundLimit | undefined {
  const held = classes.find(
    ({ body }) =>
      isKind(body.subarray(20), 'htb') && minorOf(view(body).getUint32(8, true)) === 'held',
  )
  const parameters = held && payloadAt(held.body.subarray(20), [2, 1])
  if (held === undefined || parameters === undefined || parameters.length < 28) return undefined
  const rate = rateAt(parameters, payloadAt(held.body.subarray(20), [2, 6]))
  const burst = Math.round((view(parameters).getUint32(24, true) * tickNs * rate) / 1e9)
  const found = filters.flatMap((each) => decodeSubnet(each) ?? [])
  return {
    rate,
    burst,
    subnets: found.map(({ subnet }) => subnet),
    spares: found.some((each) => each.class === 'free'),
  }
}

function minorOf(handle: number): PacketClass | undefined {
  if (handle === (rootHandle | minors.held)) return 'held'
  return handle === (rootHandle | minors.free) ? 'free' : undefined
}

function decodeSubnet({
  body,
}: ReceivedMessage): { readonly subnet: string; readonly class: PacketClass } | undefined {
  const attributes = body.subarray(20)
  const target = payloadAt(attributes, [2, 1])
  const selector = payloadAt(attributes, [2, 5])
  const name = target?.length === 4 ? minorOf(view(target).getUint32(0, true)) : undefined
  if (name === undefined || selector === undefined || selector.length < 16) return undefined
  const family = (view(body).getUint32(16, true) & 0xffff) === 0x0008 ? 4 : 6
  const bits = addressBits(family)
  let [base, mask] = [0n, 0n]
  for (let at = 16; at + 16 <= selector.length; at += 16) {
    const key = view(selector.subarray(at, at + 16))
    const shift = BigInt(bits - 32 - 8 * (key.getUint32(8, true) - destinations[family].offset))
    mask |= BigInt(key.getUint32(0)) << shift
    base |= BigInt(key.getUint32(4)) << shift
  }
  const length = mask.toString(2).replaceAll('0', '').length
  return { subnet: formatPrefix({ family, base, length }), class: name }
}
