import type { NftExpression } from './nft-expression.ts'
import type { NftType, NftValue } from './nft-type.ts'
import type { Octets } from './octets.ts'

/** Where tables live: `inet` holds IPv4 and IPv6. */
export type NftFamily = 'inet' | 'ip' | 'ip6'

/** Which table. */
export interface NftTable {
  readonly family: NftFamily
  readonly table: string
}

/** A change of nf_tables, in one transaction with others: plain JSON values. */
export type NftOp =
  | (NftTable & { readonly kind: 'add table'; readonly comment: string })
  | (NftTable & { readonly kind: 'delete table' })
  | (NftTable & NewChain)
  | (NftTable & { readonly kind: 'flush chain'; readonly chain: string })
  | (NftTable & NewRule)
  | (NftTable & { readonly kind: 'delete rule'; readonly chain: string; readonly handle: bigint })
  | (NftTable & NewSet)
  | (NftTable & ElementsOp)
  | (NftTable & CopiedElements)

/** A chain; a base chain where it is hooked. */
export interface NewChain {
  readonly kind: 'add chain'
  readonly chain: string
  readonly base?: {
    readonly type: 'filter' | 'nat'
    readonly hook: NftHook
    readonly priority: number
    readonly policy: 'accept' | 'drop'
  }
}

/** Where packets pass a base chain. */
export type NftHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/** A rule, at the end of a chain or at its start. Adding it again adds it twice. */
export interface NewRule {
  readonly kind: 'add rule' | 'insert rule'
  readonly chain: string
  readonly expressions: readonly NftExpression[]
}

/** A set, or a map where `data` says so. Adding one that exists changes nothing. */
export interface NewSet {
  readonly kind: 'add set'
  readonly set: string
  /** The fields of a key, joined where there are several. */
  readonly key: readonly NftType[]
  /** The fields of what a map leads to. */
  readonly data?: readonly NftType[]
  /** Whether elements are prefixes. */
  readonly interval?: boolean
  /** For a set whose elements go by themselves: how many it holds, for how long, and whether a `meter` fills it. */
  readonly passing?: {
    readonly most: number
    readonly timeoutMs: number
    readonly isMetered: boolean
  }
}

/** Adds elements to a set or removes them; all of one shape, which the set was made with. */
export interface ElementsOp {
  readonly kind: 'add elements' | 'delete elements'
  readonly set: string
  readonly key: readonly NftType[]
  readonly data?: readonly NftType[]
  readonly interval?: boolean
  readonly elements: readonly NftElement[]
}

/** Elements as a dump of the kernel has them, for a set of the same shape in a table that is made again. */
interface CopiedElements {
  readonly kind: 'copy elements'
  readonly set: string
  readonly copies: readonly Octets[]
}

/** One element. In an interval set a field of its key may be a range: `10.0.0.0/8`, `10.0.0.7-10.0.0.9`, interfaces by `eth*`. */
export interface NftElement {
  readonly key: NftValue
  readonly data?: NftValue
  /** The owner's mark. */
  readonly comment?: string
}
