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
export type QdiscPlace = 'root' | 'ingress'

const parents = { root: 0xffffffff, ingress: 0xfffffff1 } as const
const ingressHandle = 0xffff0000
const rootHandle = 0x10000
/** How long a packet may wait, in seconds: that of the plugin `bandwidth`. */
const latency = 0.025
const ethernet = 1

/** The message of a request about traffic. */
export function encodeTrafficOp(op: TrafficOp): Message {
  if (op.kind === 'set limit') return encodeLimit(op)
  if (op.kind === 'add redirect') return encodeRedirect(op)
  const { index } = op
  if (op.kind === 'delete qdisc')
    return message({ type: 37, flags: 0 }, { index, parent: parents[op.place] }, [])
  const head = { index, parent: parents.ingress, handle: ingressHandle }
  return message({ type: 36, flags: flag.create | flag.exclusive }, head, [kind('ingress')])
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
  const head = { index, parent: parents.root, handle: rootHandle }
  const flags = flag.create | flag.replace
  return message({ type: 36, flags }, head, [kind('tbf'), nested(2, options)])
}

// struct tc_ratespec: cell_log, linklayer, overhead, cell_align, mpu, rate. With a link layer no table is wanted.
function rateSpec(rate: number): Octets {
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
  const head = { index, parent: ingressHandle, info: (priority << 16) | everyProtocol }
  const flags = flag.create | flag.exclusive
  return message({ type: 44, flags }, head, [kind('u32'), nested(2, options)])
}

function kind(name: string): Octets {
  return attribute(1, nulText(name))
}

interface Head {
  readonly index: number
  readonly parent: number
  readonly handle?: number
  readonly info?: number
}

// tcmsg: family, padding, index, handle, parent, info.
function message(
  { type, flags }: Pick<Message, 'type' | 'flags'>,
  { index, parent, handle = 0, info = 0 }: Head,
  attributes: readonly Octets[],
): Message {
  const head = [u32(0), u32(index), u32(handle), u32(parent), u32(info)]
  return { type, flags, body: join([...head, ...attributes]) }
}

/** Asks for the qdisc of an interface at a place; refused with ENOENT where there is none. Without the echo it is acknowledged, and not told. */
export function askQdisc(index: number, place: QdiscPlace): Message {
  const head = { index, parent: parents[place] }
  return message({ type: 38, flags: flag.ack | flag.echo }, head, [])
}

/** Asks for the filters of what comes in by an interface. */
export function dumpIngressFilters(index: number): Message {
  return message({ type: 46, flags: flag.dump }, { index, parent: ingressHandle }, [])
}

/** A limit that the kernel told of. */
export interface FoundLimit {
  /** In octets a second. */
  readonly rate: number
  /** In octets, as near as the kernel's ticks of 64 ns tell. */
  readonly burst: number
}

/** The limit of an RTM_NEWQDISC message; undefined for another qdisc. */
export function decodeLimit({ body }: ReceivedMessage): FoundLimit | undefined {
  const attributes = body.subarray(20)
  const parameters = payloadAt(attributes, [2, 1])
  if (!isKind(attributes, 'tbf') || parameters === undefined || parameters.length < 32)
    return undefined
  const numbers = view(parameters)
  const fast = payloadAt(attributes, [2, 4])
  const rate =
    fast?.length === 8 ? Number(view(fast).getBigUint64(0, true)) : numbers.getUint32(8, true)
  const ticks = numbers.getUint32(28, true)
  return { rate, burst: Math.round((ticks * 64 * rate) / 1e9) }
}

/** The index of the interface to which an RTM_NEWTFILTER message's filter sends packets; undefined for another filter. */
export function decodeRedirect({ body }: ReceivedMessage): number | undefined {
  const actions = listAttributes(payloadAt(body.subarray(20), [2, 7]))
  const [parameters] = actions.flatMap(({ payload }) =>
    isKind(payload, 'mirred') ? (payloadAt(payload, [2, 2]) ?? []) : [],
  )
  return parameters?.length === 28 ? view(parameters).getUint32(24, true) : undefined
}

function isKind(attributes: Octets, name: string): boolean {
  return textOf(payloadAt(attributes, [1])) === name
}
