import { attribute, nested } from './attributes.ts'
import { flag, type Message } from './messages.ts'
import { chainAttributes, ruleAttributes, setAttributes } from './nft-attributes.ts'
import { commentAttribute } from './nft-comment.ts'
import { elementAttributes } from './nft-element.ts'
import { nfgenmsg, nftMessage, nftm, subsystem } from './nft-message.ts'
import type { NftElement, NftOp, NftTable } from './nft-op.ts'
import { be32, be64, join, nulText, type Octets } from './octets.ts'

/** The messages of one transaction, all or nothing; the last asks for an acknowledgement, a stale `generation` gets ERESTART. Throws RangeError. */
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

function encodeElements(op: NftTable & Extract<NftOp, { elements: unknown }>): readonly Message[] {
  const head = op.kind === 'add elements' ? create(nftm.newElement) : plain(nftm.deleteElement)
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
  const pieces: (readonly T[])[] = []
  for (let at = 0; at < items.length; at += elementsAtOnce)
    pieces.push(items.slice(at, at + elementsAtOnce))
  return pieces
}

/** The element that a refusal is about, by its `position` in `encodeNftBatch` and the kernel's `offset`; else undefined. */
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
