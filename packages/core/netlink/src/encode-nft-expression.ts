import { attribute, nested } from './attributes.ts'
import type { NftExpression, NftMeter, NftVerdict } from './nft-expression.ts'
import { be32, be64, nulText, type Octets } from './octets.ts'

const metaKeys: Readonly<Record<string, number>> = {
  mark: 3,
  iifname: 6,
  oifname: 7,
  nfproto: 15,
  l4proto: 16,
}

const conntrackKeys: Readonly<Record<string, number>> = { 'ct state': 0, 'ct status': 2 }

const payloads: Readonly<Record<string, readonly [base: number, offset: number, length: number]>> =
  {
    'ip saddr': [1, 12, 4],
    'ip daddr': [1, 16, 4],
    'ip6 saddr': [1, 8, 16],
    'ip6 daddr': [1, 24, 16],
    'th sport': [2, 0, 2],
    'th dport': [2, 2, 2],
    'icmp6 type': [2, 0, 1],
  }

/** NFTA_RULE_EXPRESSIONS of a rule. */
export function encodeExpressions(expressions: readonly NftExpression[]): Octets {
  return nested(
    4,
    expressions.map((each) => nested(1, encode(each))),
  )
}

function encode(expression: NftExpression): readonly Octets[] {
  const { kind } = expression
  if (kind === 'load') return encodeLoad(expression.what, expression.register)
  if (kind === 'compare') return named('cmp', compared(expression))
  if (kind === 'mask') return named('bitwise', masked(expression))
  if (kind === 'look up') return named('lookup', lookedUp(expression))
  if (kind === 'verdict')
    return named('immediate', [number(1, 0), nested(2, [verdictAttribute(expression.verdict)])])
  if (kind === 'set mark') return named('meta', [number(2, 3), number(3, expression.register)])
  if (kind === 'masquerade') return named('masq', [])
  if (kind === 'count') return named('counter', [])
  if (kind === 'meter') return named('dynset', metered(expression))
  const { family, address, port } = expression
  return named('nat', [
    number(1, 1),
    number(2, family === 4 ? 2 : 10),
    number(3, address),
    number(5, port),
  ])
}

function named(name: string, data: readonly Octets[]): readonly Octets[] {
  return [attribute(1, nulText(name)), nested(2, data)]
}

function number(type: number, value: number): Octets {
  return attribute(type, be32(value))
}

function data(type: number, value: Octets): Octets {
  return nested(type, [attribute(1, value)])
}

function encodeLoad(what: string, register: number): readonly Octets[] {
  // NFT_FIB_RESULT_ADDRTYPE, by NFTA_FIB_F_DADDR, and NFTA_FIB_F_IIF.
  if (what === 'address type' || what === 'address type here') {
    const flags = what === 'address type' ? 2 : 2 | 8
    return named('fib', [number(1, register), number(2, 3), number(3, flags)])
  }
  const [base, offset, length] = payloads[what] ?? []
  if (base !== undefined && offset !== undefined && length !== undefined) {
    return named('payload', [
      number(1, register),
      number(2, base),
      number(3, offset),
      number(4, length),
    ])
  }
  const conntrack = conntrackKeys[what]
  if (conntrack !== undefined) return named('ct', [number(1, register), number(2, conntrack)])
  return named('meta', [number(1, register), number(2, metaKeys[what] ?? 0)])
}

function compared(given: Extract<NftExpression, { kind: 'compare' }>): readonly Octets[] {
  const { register, not, value } = given
  return [number(1, register), number(2, not ? 1 : 0), data(3, value)]
}

function masked(given: Extract<NftExpression, { kind: 'mask' }>): readonly Octets[] {
  const { register, mask, xor } = given
  const same = [number(1, register), number(2, register), number(3, mask.length)]
  return [...same, data(4, mask), data(5, xor ?? new Uint8Array(mask.length))]
}

function lookedUp(given: Extract<NftExpression, { kind: 'look up' }>): readonly Octets[] {
  const { set, register, not, into } = given
  return [
    attribute(1, nulText(set)),
    number(2, register),
    ...(into === undefined ? [] : [number(3, into)]),
    ...(not ? [number(5, 1)] : []),
  ]
}

// NFT_DYNSET_OP_UPDATE, with a limit of packets, inverted: it is true for those above it. A full set lets all pass.
function metered({ set, register, perSecond, burst }: NftMeter): readonly Octets[] {
  const limit = [
    attribute(1, be64(BigInt(perSecond))),
    attribute(2, be64(1n)),
    number(3, burst),
    number(4, 0),
    number(5, 1),
  ]
  return [
    attribute(1, nulText(set)),
    number(3, 1),
    number(4, register),
    nested(7, named('limit', limit)),
  ]
}

// NFTA_DATA_VERDICT.
function verdictAttribute(verdict: NftVerdict): Octets {
  if (verdict === 'accept') return nested(2, [number(1, 1)])
  if (verdict === 'drop') return nested(2, [number(1, 0)])
  const [code, chain] = 'jump' in verdict ? [-3, verdict.jump] : [-4, verdict.goto]
  return nested(2, [number(1, code), attribute(2, nulText(chain))])
}
