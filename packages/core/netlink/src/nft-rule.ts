import { attribute, listAttributes, numberAt, payloadAt, readAttributes } from './attributes.ts'
import { encodeExpressions } from './encode-nft-expression.ts'
import { flag, type Message, type ReceivedMessage } from './messages.ts'
import type { NftExpression } from './nft-expression.ts'
import { nftMessage, nftm } from './nft-message.ts'
import type { NftTable } from './nft-op.ts'
import { nulText, type Octets, textOf, view } from './octets.ts'

/** Asks for the rules of a chain, in order. */
export function dumpRules(table: NftTable, chain?: string): Message {
  const head = { type: nftm.getRule, flags: flag.dump }
  return nftMessage(head, table, chain === undefined ? [] : [attribute(2, nulText(chain))])
}

/** The chain of an NFT_MSG_NEWRULE message's rule. */
export function chainOfRule({ body }: ReceivedMessage): string {
  return nameOf(body.subarray(4), [2])
}

/** The handle of an NFT_MSG_NEWRULE message's rule; undefined where the kernel told none. */
export function handleOf({ body }: ReceivedMessage): bigint | undefined {
  const handle = payloadAt(body.subarray(4), [3])
  return handle?.length === 8 ? view(handle).getBigUint64(0) : undefined
}

/** The handle of an NFT_MSG_NEWRULE message's rule where it has just these expressions, whatever it has counted; else undefined. */
export function handleOfRule(
  message: ReceivedMessage,
  expressions: readonly NftExpression[],
): bigint | undefined {
  const found = listedExpressions(message)
  const wanted = listAttributes(payloadAt(encodeExpressions(expressions.map(asTold)), [4]))
  const isSame =
    found.length === wanted.length &&
    wanted.every(({ payload }, at) => covers(found[at]?.payload ?? new Uint8Array(), payload))
  return isSame ? handleOf(message) : undefined
}

// Of a register of four octets that begins one of sixteen the kernel tells by the number of the latter.
function asTold(expression: NftExpression): NftExpression {
  const told = Object.entries(expression).map(([key, value]) => [
    key,
    registers.includes(key) && value >= 8 && value % 4 === 0 ? value / 4 - 1 : value,
  ])
  return Object.fromEntries(told)
}

const registers: readonly string[] = ['register', 'into', 'address', 'port']

/** Whether an NFT_MSG_NEWRULE message's rule drops or rejects every packet: a chain's policy in all but name. */
export function dropsAll(message: ReceivedMessage): boolean {
  const list = listedExpressions(message)
  const does = list.map(({ payload }) => payload).filter((each) => nameOf(each, [1]) !== 'counter')
  const [only] = does
  return only !== undefined && does.length === 1 && refuses(only)
}

/** The chain that an NFT_MSG_NEWRULE message's rule has every packet pass; empty where it is none of iptables' `-j CHAIN`. */
export function jumpOf(message: ReceivedMessage): string {
  const does = listedExpressions(message)
    .map(({ payload }) => payload)
    .filter((each) => nameOf(each, [1]) !== 'counter' && nameOf(each, [2, 1]) !== 'comment')
  const [only = new Uint8Array(), ...more] = does
  return more.length > 0 ? '' : nameOf(only, [2, 2, 2, 2])
}

/** Whether an NFT_MSG_NEWRULE message's rule drops or rejects packets, some or all. */
export function dropsSome(message: ReceivedMessage): boolean {
  return listedExpressions(message).some(({ payload }) => refuses(payload))
}

function refuses(expression: Octets): boolean {
  const name = nameOf(expression, [1])
  // Targets of iptables that nf_tables runs as they are.
  if (name === 'target') return ['REJECT', 'DROP'].includes(nameOf(expression, [2, 1]))
  return name === 'reject' || (name === 'immediate' && numberAt(expression, [2, 2, 2, 1]) === 0)
}

function listedExpressions({ body }: ReceivedMessage): ReturnType<typeof listAttributes> {
  return listAttributes(payloadAt(body.subarray(4), [4]))
}

function nameOf(octets: Octets, path: readonly number[]): string {
  return textOf(payloadAt(octets, path))
}

// The kernel tells of more than it was told: a counter's values, the kind of an operation.
function covers(found: Octets, wanted: Octets): boolean {
  if (wanted.length === 0 || isEqual(found, wanted)) return true
  const parts = listAttributes(wanted)
  const present = readAttributes(found)
  return (
    parts.length > 0 &&
    parts.every(({ type, payload }) => {
      const same = present.get(type)
      return same !== undefined && covers(same, payload)
    })
  )
}

function isEqual(one: Octets, other: Octets): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at])
}
