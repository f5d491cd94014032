import { attribute, nested, payloadAt } from './attributes.ts'
import { flag, type Message, type ReceivedMessage } from './messages.ts'
import { addressText } from './nft-type.ts'
import { be16, join, type Octets, u8, u32, view } from './octets.ts'

const subsystem = 1 << 8
const families = { 4: 2, 6: 10 } as const
const udp = 17
/** CTA_FILTER_F_CTA_PROTO_NUM and _DST_PORT, in host order: the protocol, or that and the port, alone is compared. */
const byProtocol = 1 << 3
const byPort = 1 << 5

/** A flow that conntrack knows. */
export interface FoundFlow {
  readonly family: 4 | 6
  /** The number of its protocol: 17 is UDP. */
  readonly protocol: number
  /** Where its first packet went, before any rule led it elsewhere. */
  readonly address: string
  readonly port: number
  /** CTA_TUPLE_ORIG and CTA_ID: the flow's name. */
  readonly name: { readonly tuple: Octets; readonly id?: Octets }
}

/** Asks for the UDP flows of a family, or to one port; all are looked through. Kernels before 5.8 list them all. */
export function dumpUdpFlows(family: 4 | 6, port?: number): Message {
  const to = port === undefined ? [] : [attribute(3, be16(port))]
  const protocol = nested(2, [attribute(1, u8(udp)), ...to])
  const compared = port === undefined ? byProtocol : byProtocol | byPort
  const filter = nested(25, [attribute(1, u32(compared))])
  return message({ type: 1, flags: flag.dump }, family, [nested(1, [protocol]), filter])
}

/** The flow of an IPCTNL_MSG_CT_NEW message; undefined for a message without one. */
export function decodeFlow({ body }: ReceivedMessage): FoundFlow | undefined {
  const attributes = body.subarray(4)
  const family = body[0] === families[4] ? 4 : 6
  const tuple = payloadAt(attributes, [1])
  const address = tuple && payloadAt(tuple, [1, family === 4 ? 2 : 4])
  const protocol = tuple && payloadAt(tuple, [2, 1])?.[0]
  const port = tuple && payloadAt(tuple, [2, 3])
  const id = payloadAt(attributes, [12])
  if (!tuple || !address || protocol === undefined || port?.length !== 2) return undefined
  const name = { tuple, ...(id ? { id } : {}) }
  return { family, protocol, address: addressText(address), port: view(port).getUint16(0), name }
}

/** Forgets a flow: its next packet passes the rules as the first of a new one. Refused with ENOENT when it is gone. */
export function forgetFlow({ family, name: { tuple, id } }: FoundFlow): Message {
  const attributes = [nested(1, [tuple]), ...(id ? [attribute(12, id)] : [])]
  return message({ type: 2, flags: flag.ack }, family, attributes)
}

function message(
  { type, flags }: Pick<Message, 'type' | 'flags'>,
  family: 4 | 6,
  attributes: readonly Octets[],
): Message {
  const head = join([u8(families[family]), u8(0), be16(0)])
  return { type: subsystem | type, flags, body: join([head, ...attributes]) }
}
