import { attribute, nested, numberAt, payloadAt } from './attributes.ts'
import { flag, type Message, type ReceivedMessage } from './messages.ts'
import { commentOf } from './nft-comment.ts'
import { nfgenmsg, nftMessage, nftm } from './nft-message.ts'
import type { NftTable } from './nft-op.ts'
import { encodeValue, type NftType, type NftValue } from './nft-type.ts'
import { nulText, textOf } from './octets.ts'

/** Asks for a table; refused with ENOENT when it is missing. */
export function askTable(table: NftTable): Message {
  return nftMessage({ type: nftm.getTable, flags: flag.ack }, table, [])
}

/** Asks for the generation, which each transaction raises. */
export function askGeneration(): Message {
  return { type: (10 << 8) | 16, flags: flag.ack, body: nfgenmsg(0) }
}

/** Asks for a chain; refused with ENOENT when it is missing. */
export function askChain(table: NftTable, chain: string): Message {
  const head = { type: nftm.getChain, flags: flag.ack }
  return nftMessage(head, table, [attribute(3, nulText(chain))])
}

/** Asks for the chains of all tables. */
export function dumpChains(table: NftTable): Message {
  return nftMessage({ type: nftm.getChain, flags: flag.dump }, table, [])
}

/** Asks for all elements of a set. */
export function dumpElements(table: NftTable, set: string): Message {
  const head = { type: nftm.getElement, flags: flag.dump }
  return nftMessage(head, table, [attribute(2, nulText(set))])
}

/** Asks for the element of a key; refused with ENOENT when there is none. */
export function askElement(
  { family, table, set }: NftTable & { readonly set: string },
  type: readonly NftType[],
  key: NftValue,
): Message {
  const element = nested(1, [nested(1, [attribute(1, encodeValue(type, key))])])
  const head = { type: nftm.getElement, flags: flag.ack }
  return nftMessage(head, { family, table }, [attribute(2, nulText(set)), nested(3, [element])])
}

/** The comment of the table in NFT_MSG_NEWTABLE. */
export function tableComment({ body }: ReceivedMessage): string {
  return commentOf(payloadAt(body.subarray(4), [6]))
}

/** Whether the table in NFT_MSG_NEWTABLE is switched off: it is there, and its chains see no packet. */
export function isDormant({ body }: ReceivedMessage): boolean {
  return ((numberAt(body.subarray(4), [2]) ?? 0) & 1) === 1
}

/** The generation in NFT_MSG_NEWGEN. */
export function generationOf({ body }: ReceivedMessage): number | undefined {
  return numberAt(body.subarray(4), [1])
}

/** A chain that the kernel told of. */
export interface FoundChain {
  readonly table: string
  readonly chain: string
  /** For a base chain. */
  readonly base?: {
    readonly hook: number
    readonly priority: number
    readonly policy: 'accept' | 'drop'
  }
}

/** The chain of an NFT_MSG_NEWCHAIN message. */
export function decodeChain({ body }: ReceivedMessage): FoundChain {
  const octets = body.subarray(4)
  const [table, chain] = [textOf(payloadAt(octets, [1])), textOf(payloadAt(octets, [3]))]
  if (payloadAt(octets, [4]) === undefined) return { table, chain }
  // The priority is signed.
  const number = (type: number) => (numberAt(octets, [4, type]) ?? 0) | 0
  const policy = numberAt(octets, [5]) === 0 ? 'drop' : 'accept'
  return { table, chain, base: { hook: number(1), priority: number(2), policy } }
}
