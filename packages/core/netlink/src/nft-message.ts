import { attribute } from './attributes.ts'
import type { Message } from './messages.ts'
import type { NftFamily, NftTable } from './nft-op.ts'
import { be16, join, nulText, type Octets, u8 } from './octets.ts'

/** NFNL_SUBSYS_NFTABLES, as the upper octet of a message's type. */
export const subsystem: number = 10 << 8

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

const families: Readonly<Record<NftFamily, number>> = { inet: 1, ip: 2, ip6: 10 }

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
