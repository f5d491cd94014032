import { attribute, nested } from './attributes.ts'
import { flag, type Message } from './messages.ts'
import { commentAttribute } from './nft-comment.ts'
import { elementAttributes } from './nft-element.ts'
import { encodeExpressions } from './nft-expression.ts'
import type {
  NewChain,
  NewRule,
  NewSet,
  NftElement,
  NftFamily,
  NftHook,
  NftOp,
  NftTable,
} from './nft-op.ts'
import { byteOrder, fieldLengths, typeLength, typeNumber } from './nft-type.ts'
import { be16, be32, be64, join, nulText, type Octets, u8, u32 } from './octets.ts'

const subsystem = 10 << 8

/** Types of messages: NFT_MSG_*, linux/netfilter/nf_tables.h. */
export const nftm = {
  newTable: 0,
  getTable: 1,
  deleteTable: 2,
  newChain: 3,
  getChain: 4,
  newRule: 6,
  getRule: 7,
  deleteRule: 8,
  newSet: 9,
  newElement: 12,
  getElement: 13,
  deleteElement: 14,
} as const

const families: Readonly<Record<NftFamily, number>> = { inet: 1, ip: 2, bridge: 7, ip6: 10 }
const hooks: Readonly<Record<NftHook, number>> = {
  prerouting: 0,
  input: 1,
  forward: 2,
  output: 3,
  postrouting: 4,
}

/**
 * The messages of one transaction: a mark, the operations in order, a mark. All or nothing: where one
 * fails nothing changes. The last operation asks for the acknowledgement; a stale `generation` is
 * answered by ERESTART to the first mark, and by nothing else. Throws RangeError for a value that its
 * type does not have.
 */
export function encodeNftBatch(ops: readonly NftOp[], generation?: number): readonly Message[] {
  const genid = generation === undefined ? [] : [attribute(1, be32(generation))]
  const messages = ops.flatMap((op, index) => encodeOp(op, index + 1))
  const last = messages.length - 1
  return [
    { type: 0x10, flags: 0, body: join([nfgenmsg(0, subsystem >> 8), ...genid]) },
    ...messages.map((each, index) =>
      index === last ? { ...each, flags: each.flags | flag.ack } : each,
    ),
    { type: 0x11, flags: 0, body: nfgenmsg(0, subsystem >> 8) },
  ]
}

/** `nfgenmsg`: family, version 0, a number in network order. */
export function nfgenmsg(family: number, resource = 0): Octets {
  return join([u8(family), u8(0), be16(resource)])
}

/** A message of nf_tables about a table; its type is one of `nftm`. */
export function nftMessage(
  { type, flags }: Pick<Message, 'type' | 'flags'>,
  { family, table }: NftTable,
  attributes: readonly Octets[],
): Message {
  const head = [nfgenmsg(families[family]), attribute(1, nulText(table))]
  return { type: subsystem | type, flags, body: join([...head, ...attributes]) }
}

// One attribute holds less than 64 KiB, so many elements become several messages.
const elementsAtOnce = 400

function encodeOp(op: NftOp, id: number): readonly Message[] {
  if ('elements' in op) return encodeElements(op)
  if (op.kind === 'copy elements') return encodeCopies(op)
  return [encodeOne(op, id)]
}

function plain(type: number): Pick<Message, 'type' | 'flags'> {
  return { type, flags: 0 }
}

function create(type: number, more = 0): Pick<Message, 'type' | 'flags'> {
  return { type, flags: flag.create | more }
}

type WholeOp = Exclude<NftOp, { elements: unknown } | { copies: unknown }>

function encodeOne(op: WholeOp, id: number): Message {
  const name = (type: number, text: string) => attribute(type, nulText(text))
  if (op.kind === 'add table')
    return nftMessage(create(nftm.newTable), op, commentAttribute(6, op.comment))
  if (op.kind === 'delete table') return nftMessage(plain(nftm.deleteTable), op, [])
  if (op.kind === 'add chain') return nftMessage(create(nftm.newChain), op, chainAttributes(op))
  if (op.kind === 'flush chain') return nftMessage(plain(nftm.deleteRule), op, [name(2, op.chain)])
  if (op.kind === 'delete rule') {
    const rule = [name(2, op.chain), attribute(3, be64(op.handle))]
    return nftMessage(plain(nftm.deleteRule), op, rule)
  }
  if (op.kind === 'add set') return nftMessage(create(nftm.newSet), op, setAttributes(op, id))
  const place = op.kind === 'add rule' ? flag.append : 0
  return nftMessage(create(nftm.newRule, place), op, ruleAttributes(op))
}

function chainAttributes({ chain, base }: NewChain): readonly Octets[] {
  const name = attribute(3, nulText(chain))
  if (base === undefined) return [name]
  const hook = [attribute(1, be32(hooks[base.hook])), attribute(2, be32(base.priority))]
  const policy = attribute(5, be32(base.policy === 'accept' ? 1 : 0))
  return [name, nested(4, hook), policy, attribute(7, nulText(base.type))]
}

function ruleAttributes({ chain, expressions, comment }: NewRule): readonly Octets[] {
  return [
    attribute(2, nulText(chain)),
    encodeExpressions(expressions),
    ...commentAttribute(7, comment),
  ]
}

const setFlags = {
  interval: 4,
  map: 8,
  timeout: 0x10,
  evaluated: 0x20,
  concatenation: 0x80,
} as const

// ID must be there and unique in the batch; the description is wanted for joined intervals alone.
function setAttributes(
  { set, key, data, interval, counter, passing }: NewSet,
  id: number,
): readonly Octets[] {
  const joined = interval === true && key.length > 1
  const flags =
    (interval ? setFlags.interval : 0) |
    (data ? setFlags.map : 0) |
    (passing ? setFlags.timeout : 0) |
    (passing?.isMetered ? setFlags.evaluated : 0) |
    (joined ? setFlags.concatenation : 0)
  const fields = fieldLengths(key).map((length) => nested(1, [attribute(1, be32(length))]))
  return [
    attribute(2, nulText(set)),
    attribute(3, be32(flags)),
    attribute(4, be32(typeNumber(key))),
    attribute(5, be32(typeLength(key))),
    ...(data ? [attribute(6, be32(typeNumber(data))), attribute(7, be32(typeLength(data)))] : []),
    ...(joined ? [nested(9, [nested(2, fields)])] : []),
    ...(passing ? [nested(9, [attribute(1, be32(passing.most))])] : []),
    attribute(10, be32(id)),
    ...(passing ? [attribute(11, be64(BigInt(passing.timeoutMs)))] : []),
    attribute(13, join([orderTlv(0, key), ...(data ? [orderTlv(1, data)] : [])])),
    ...(counter ? [nested(17, [attribute(1, nulText('counter')), nested(2, [])])] : []),
  ]
}

function orderTlv(type: number, fields: NewSet['key']): Octets {
  return join([u8(type), u8(4), u32(byteOrder(fields))])
}

function encodeElements(op: NftTable & Extract<NftOp, { elements: unknown }>): readonly Message[] {
  const head =
    op.kind === 'add elements'
      ? create(nftm.newElement, op.exclusive ? flag.exclusive : 0)
      : plain(nftm.deleteElement)
  return inPieces(op.elements).map((elements) => {
    const inside = elementAttributes(op, elements).flat()
    return nftMessage(head, op, [attribute(2, nulText(op.set)), nested(3, inside)])
  })
}

function encodeCopies(op: NftTable & Extract<NftOp, { copies: unknown }>): readonly Message[] {
  return inPieces(op.copies).map((copies) => {
    const inside = copies.map((each) => nested(1, [each]))
    return nftMessage(create(nftm.newElement), op, [
      attribute(2, nulText(op.set)),
      nested(3, inside),
    ])
  })
}

function inPieces<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / elementsAtOnce) }, (_, index) =>
    items.slice(index * elementsAtOnce, (index + 1) * elementsAtOnce),
  )
}

/**
 * The element that a refusal is about: `position` is that of the refused message among those of `encodeNftBatch`,
 * `offset` what the kernel told. Undefined where the refused message has none, or the kernel told no offset.
 */
export function refusedElement(
  ops: readonly NftOp[],
  position: number,
  offset: number | undefined,
): { readonly set: string; readonly element: NftElement } | undefined {
  let at = 1
  for (const [index, op] of ops.entries()) {
    const messages = encodeOp(op, index + 1)
    const message = messages[position - at]
    if (message && 'elements' in op) {
      const first = (position - at) * elementsAtOnce
      const inside = op.elements.slice(first, first + elementsAtOnce)
      const pieces = elementAttributes(op, inside)
      const element = inside[pieceAtOffset(pieces, message, offset ?? 0)]
      return element && { set: op.set, element }
    }
    at += messages.length
  }
  return undefined
}

const headerLength = 16

// Elements are the end of a message.
function pieceAtOffset(
  pieces: readonly (readonly Octets[])[],
  { body }: Message,
  offset: number,
): number {
  const lengths = pieces.map((parts) => parts.reduce((sum, part) => sum + part.length, 0))
  let start = headerLength + body.length - lengths.reduce((sum, length) => sum + length, 0)
  return lengths.findIndex((length) => {
    const from = start
    start += length
    return offset >= from && offset < start
  })
}
