import { type Octets, u32 } from './octets.ts'

/** One expression of a rule, close to the kernel's own. Registers 1 to 4 hold 16 octets, 8 to 23 hold 4 (8 to 11 are 1). */
export type NftExpression =
  | {
      readonly kind: 'load'
      readonly what: NftMeta | NftPayload | NftConntrack | NftFib
      readonly register: number
    }
  | {
      readonly kind: 'compare'
      readonly register: number
      readonly not?: boolean
      readonly value: Octets
    }
  | {
      readonly kind: 'mask'
      readonly register: number
      readonly mask: Octets
      readonly xor?: Octets
    }
  | {
      readonly kind: 'look up'
      readonly set: string
      readonly register: number
      readonly not?: boolean
      readonly into?: number
    }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  | {
      readonly kind: 'dnat'
      readonly family: 4 | 6
      readonly address: number
      readonly port: number
    }
  | { readonly kind: 'masquerade' }
  | { readonly kind: 'set mark'; readonly register: number }
  | { readonly kind: 'count' }
  | NftMeter

/** Goes on where more than `perSecond` packets came with the key in a register: each key has an element of its own in a set. */
export interface NftMeter {
  readonly kind: 'meter'
  readonly set: string
  readonly register: number
  readonly perSecond: number
  /** Packets at once that are not counted as too many. */
  readonly burst: number
}

/** Packet meta data: in host order, but names and protocols. */
type NftMeta = 'mark' | 'iifname' | 'oifname' | 'nfproto' | 'l4proto'

/** Octets of the packet. */
export type NftPayload =
  | 'ip saddr'
  | 'ip daddr'
  | 'ip6 saddr'
  | 'ip6 daddr'
  | 'th sport'
  | 'th dport'
  | 'icmp6 type'

/** The type of the destination address, 2 for local: to the host, or to the interface that the packet came by. */
type NftFib = 'address type' | 'address type here'

/** Conntrack's view of the packet's connection, as bits in host order. */
export type NftConntrack = 'ct state' | 'ct status'

/** The fate of a packet. */
export type NftVerdict = 'accept' | 'drop' | { readonly jump: string } | { readonly goto: string }

/** A number that is compared with meta, ct or fib values: 4 octets in host order. */
export const hostNumber: (value: number) => Octets = u32
