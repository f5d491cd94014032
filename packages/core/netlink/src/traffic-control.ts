import { attribute, listAttributes, nested, payloadAt } from './attributes.ts'
import { flag, type Message, type ReceivedMessage } from './messages.ts'
import { be16, be32, join, nulText, type Octets, textOf, u8, u16, u32, view } from './octets.ts'

/** A request about how packets leave an interface, or what becomes of those that come in. */
export type TrafficOp = SetLimit | AddIngress | AddRedirect | DeleteQdisc

/** Holds the packets that leave by an interface to a rate (tbf), in place of what it has. */
interface SetLimit {
  readonly kind: 'set limit'
  readonly index: number
  /** In octets a second. */
  readonly rate: number
  /** In octets: what may pass at once. */
  readonly burst: number
}

/** Lets packets that come in be filtered. */
interface AddIngress {
  readonly kind: 'add ingress'
  readonly index: number
}

/** Sends all packets that come in out by another interface. */
interface AddRedirect {
  readonly kind: 'add redirect'
  readonly index: number
  readonly to: number
}

/** Gives an interface its usual queue back, or no longer filters what comes in. */
interface DeleteQdisc {
  readonly kind: 'delete qdisc'
  readonly index: number
  readonly place: QdiscPlace
}

/** Where packets are: about to leave, or just come in. */
type QdiscPlace = 'root' | 'ingress'

const parents = { root: 0xffffffff, ingress: 0xfffffff1 } as const
const ingressHandle = 0xffff0000
/** The handle of what leaves by an interface: `1:`. */
export const rootHandle = 0x10000
/** How long a packet may wait, in seconds: that of the plugin `bandwidth`. */
const latency = 0.025
const ethernet = 1

/** The message of a request about traffic. */
export function encodeTrafficOp(op: TrafficOp): Message {
  if (op.kind === 'set limit') return encodeLimit(op)
  if (op.kind === 'add redirect') return encodeRedirect(op)
  const { index } = op
  if (op.kind === 'delete qdisc')
    return message(37, { index, parent: parents[op.place], flags: 0 }, [])
  const flags = flag.create | flag.exclusive
  const head = { index, parent: parents.ingress, handle: ingressHandle, flags }
  return message(36, head, [kind('ingress')])
}

// struct tc_tbf_qopt: two rates, of which the peak is unused, the length of the queue, burst in ticks, MTU. The
// burst in octets, TCA_TBF_BURST, comes in place of ticks.
function encodeLimit({ index, rate, burst }: SetLimit): Message {
  const slow = Math.min(rate, 0xffffffff)
  const limit = Math.min(Math.floor(rate * latency) + burst, 0xffffffff)
  const none = new Uint8Array(12)
  const parameters = [rateSpec(slow), none, u32(limit), u32(0), u32(0)]
  const options = [
    attribute(1, join(parameters)),
    attribute(6, u32(burst)),
    ...(rate > 0xffffffff
      ? [attribute(4, join([u32(rate), u32(Math.floor(rate / 2 ** 32))]))]
      : []),
  ]
  const flags = flag.create | flag.replace
  const head = { index, parent: parents.root, handle: rootHandle, flags }
  return message(36, head, [kind('tbf'), nested(2, options)])
}

/** struct tc_ratespec: cell_log, linklayer, overhead, cell_align, mpu, rate. With a link layer no table is wanted. */
export function rateSpec(rate: number): Octets {
  return join([u8(0), u8(ethernet), u16(0), u16(0), u16(0), u32(rate)])
}

const everyProtocol = 0x0300
const priority = 1
const stolen = 4
const redirectOut = 1

// u32 with one key that each packet has, and the action mirred.
function encodeRedirect({ index, to }: AddRedirect): Message {
  const key = [be32(0), be32(0), u32(0), u32(0)]
  const selector = [u8(1), u8(0), u8(1), u8(0), be16(0), u16(0), u16(0), u16(0), be32(0), ...key]
  const mirred = [u32(0), u32(0), u32(stolen), u32(0), u32(0), u32(redirectOut), u32(to)]
  const action = [kind('mirred'), nested(2, [attribute(2, join(mirred))])]
  const options = [attribute(5, join(selector)), nested(7, [nested(1, action)])]
  const flags = flag.create | flag.exclusive
  const head = { index, parent: ingressHandle, info: (priority << 16) | everyProtocol, flags }
  return message(44, head, [kind('u32'), nested(2, options)])
}

/** The attribute that names a kind of qdisc, class, filter or action. */
export function kind(name: string): Octets {
  return attribute(1, nulText(name))
}

interface Head {
  readonly index: number
  readonly parent: number
  readonly flags: number
  readonly handle?: number
  readonly info?: number
}

/** A message that begins with tcmsg: family, padding, index, handle, parent, info. */
export function message(
  type: number,
  { index, parent, flags, handle = 0, info = 0 }: Head,
  attributes: readonly Octets[],
): Message {
  const head = [u32(0), u32(index), u32(handle), u32(parent), u32(info)]
  return { type, flags, body: join([...head, ...attributes]) }
}

/** Asks for the qdisc of an interface at a place; refused with ENOENT where there is none. Without the echo it is acknowledged, and not told. */
export function askQdisc(index: number, place: QdiscPlace): Message {
  return message(38, { index, parent: parents[place], flags: flag.ack | flag.echo }, [])
}

/** Asks for the filters of what comes in by an interface. */
export function dumpIngressFilters(index: number): Message {
  return message(46, { index, parent: ingressHandle, flags: flag.dump }, [])
}

/** A limit that the kernel told of. */
export interface FoundLimit {
  /** In octets a second. */
  readonly rate: number
  /** In octets, as near as the kernel's ticks of 64 ns tell. */
  readonly burst: number
  /** The subnets that it is about; absent where it holds for all packets. */
  readonly subnets?: readonly string[]
  /** Whether packets to the subnets are free of it. Default: they alone are held. */
  readonly spares?: boolean
}

/** The limit of an RTM_NEWQDISC message; undefined for another qdisc. */
export function decodeLimit({ body }: ReceivedMessage): FoundLimit | undefined {
  const attributes = body.subarray(20)
  const parameters = payloadAt(attributes, [2, 1])
  if (!isKind(attributes, 'tbf') || parameters === undefined || parameters.length < 32)
    return undefined
  const rate = rateAt(parameters, payloadAt(attributes, [2, 4]))
  const ticks = view(parameters).getUint32(28, true)
  return { rate, burst: Math.round((ticks * 64 * rate) / 1e9) }
}

/** The rate of parameters that begin with one, in octets a second; one of 64 bits comes beside them. */
export function rateAt(parameters: Octets, fast: Octets | undefined): number {
  return fast?.length === 8
    ? Number(view(fast).getBigUint64(0, true))
    : view(parameters).getUint32(8, true)
}

/** The index of the interface to which an RTM_NEWTFILTER message's filter sends packets; undefined for another filter. */
export function decodeRedirect({ body }: ReceivedMessage): number | undefined {
  const actions = listAttributes(payloadAt(body.subarray(20), [2, 7]))
  const [parameters] = actions.flatMap(({ payload }) =>
    isKind(payload, 'mirred') ? (payloadAt(payload, [2, 2]) ?? []) : [],
  )
  return parameters?.length === 28 ? view(parameters).getUint32(24, true) : undefined
}

/** Whether attributes say that they are of a kind. */
export function isKind(attributes: Octets, name: string): boolean {
  return textOf(payloadAt(attributes, [1])) === name
}
