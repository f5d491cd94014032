import { attribute, nested } from './attributes.ts'
import { encodeExpressions } from './encode-nft-expression.ts'
import type { NewChain, NewRule, NewSet, NftHook } from './nft-op.ts'
import { byteOrder, fieldLengths, typeLength, typeNumber } from './nft-type.ts'
import { be32, be64, join, nulText, type Octets, u8, u32 } from './octets.ts'

/** The numbers of hooks: NF_INET_*, linux/netfilter.h. */
export const hookNumbers: Readonly<Record<NftHook, number>> = {
  prerouting: 0,
  input: 1,
  forward: 2,
  output: 3,
  postrouting: 4,
}

/** The attributes of NFT_MSG_NEWCHAIN. */
export function chainAttributes({ chain, base }: NewChain): readonly Octets[] {
  const name = attribute(3, nulText(chain))
  if (base === undefined) return [name]
  const hook = [attribute(1, be32(hookNumbers[base.hook])), attribute(2, be32(base.priority))]
  const policy = attribute(5, be32(base.policy === 'accept' ? 1 : 0))
  return [name, nested(4, hook), policy, attribute(7, nulText(base.type))]
}

/** The attributes of NFT_MSG_NEWRULE. */
export function ruleAttributes({ chain, expressions }: NewRule): readonly Octets[] {
  return [attribute(2, nulText(chain)), encodeExpressions(expressions)]
}

const setFlags = {
  interval: 4,
  map: 8,
  timeout: 0x10,
  evaluated: 0x20,
  concatenation: 0x80,
} as const

/** The attributes of NFT_MSG_NEWSET. Its id must be unique in the batch; the description is wanted for joined intervals alone. */
export function setAttributes(
  { set, key, data, interval, passing }: NewSet,
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
  ]
}

function orderTlv(type: number, fields: NewSet['key']): Octets {
  return join([u8(type), u8(4), u32(byteOrder(fields))])
}
