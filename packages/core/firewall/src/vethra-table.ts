import { familyOf } from '@vethra/cni'
import type { NewChain, NewSet, NftOp, NftType } from '@vethra/netlink'
import { expressionsOf } from './rule.ts'
import { tableRules } from './table-rules.ts'

/** The table that holds all rules of ours. */
export const vethraTable = { family: 'inet', table: 'vethra' } as const

/** Raised whenever the rules change: a table with another version in its comment is made again, its elements kept. */
export const tableVersion = 9

/** The comment of the table. */
export const tableComment: string = `made by vethra, ${tableVersion}`

/** The version in the comment of a table; undefined for a comment of others. */
export function versionOf(comment: string): number | undefined {
  const version = /^made by vethra, ([0-9]{1,9})$/.exec(comment)?.[1]
  return version === undefined ? undefined : Number(version)
}

/** Whether a table with this comment was made by this program, or an older one. */
export function isOurTable(comment: string): boolean {
  return (versionOf(comment) ?? Number.POSITIVE_INFINITY) <= tableVersion
}

/** The operations of a transaction that makes the table, or makes it again: elements and counters stay. */
export function makeTable(): readonly NftOp[] {
  const rules = Object.entries(tableRules())
  return [
    { ...vethraTable, kind: 'add table', comment: tableComment },
    ...[...sets, ...passingSets].map((set) => ({
      ...vethraTable,
      kind: 'add set' as const,
      ...set,
    })),
    ...chains.map((chain) => ({ ...vethraTable, kind: 'add chain' as const, ...chain })),
    ...chains.map(({ chain }) => ({ ...vethraTable, kind: 'flush chain' as const, chain })),
    ...rules.flatMap(([chain, list]) =>
      list.map((rule) => ({
        ...vethraTable,
        kind: 'add rule' as const,
        chain,
        expressions: expressionsOf(rule),
      })),
    ),
  ]
}

/** The sets and maps of the table. */
export const sets: readonly Omit<NewSet, 'kind'>[] = [
  ...publishing('ipv4_addr', 4),
  ...publishing('ipv6_addr', 6),
  // A network's choices, by its bridge.
  { set: 'bridges', key: ['ifname'] },
  { set: 'same', key: ['ifname', 'ifname'] },
  { set: 'apart', key: ['ifname', 'ifname'] },
  { set: 'isolated', key: ['ifname'] },
  { set: 'internal', key: ['ifname'] },
  { set: 'dnsonly', key: ['ifname', 'ifname'] },
  // The subnets of networks, by which they are read back; packets within one, and those that are masqueraded to elsewhere.
  { set: 'nets4', key: ['ipv4_addr'], interval: true },
  { set: 'nets6', key: ['ipv6_addr'], interval: true },
  { set: 'self4', key: ['ipv4_addr', 'ipv4_addr'], interval: true },
  { set: 'self6', key: ['ipv6_addr', 'ipv6_addr'], interval: true },
  // Addresses behind a link of their own: those of one subnet reach each other by the host, as they are.
  { set: 'routed4', key: ['ipv4_addr'], interval: true },
  { set: 'routed6', key: ['ipv6_addr'], interval: true },
  { set: 'masq4', key: ['ipv4_addr'], interval: true },
  { set: 'masq6', key: ['ipv6_addr'], interval: true },
  // Addresses whose published ports see the host in place of whoever asks.
  { set: 'seen4', key: ['ipv4_addr'] },
  { set: 'seen6', key: ['ipv6_addr'] },
]

// Published on any address of the host, and on one; and to some clients, by their address and that of the host: of every
// interface, of one, of each but one.
function publishing(address: NftType, family: 4 | 6): readonly Omit<NewSet, 'kind'>[] {
  const port: readonly NftType[] = ['inet_proto', 'inet_service']
  const key: readonly NftType[] = [address, address, ...port]
  const data: readonly NftType[] = [address, 'inet_service']
  return [
    { set: `p${family}`, key: port, data },
    { set: `a${family}`, key: [address, ...port], data },
    { set: `c${family}`, key, data, interval: true },
    { set: `i${family}`, key: ['ifname', ...key], data, interval: true },
    { set: `x${family}`, key: ['ifname', ...key], interval: true },
  ]
}

const passing = { most: 16_384, timeoutMs: 10_000 } as const
const [named, metered] = [
  { ...passing, isMetered: false },
  { ...passing, isMetered: true },
] as const

/** Sets whose elements go by themselves, and are nobody's: addresses that ask too much, and how much they do. */
export const passingSets: readonly Omit<NewSet, 'kind'>[] = [
  { set: 'flooding4', key: ['ipv4_addr'], passing: named },
  { set: 'flooding6', key: ['ipv6_addr'], passing: named },
  { set: 'asking4', key: ['ipv4_addr'], passing: metered },
  { set: 'asking6', key: ['ipv6_addr'], passing: metered },
]

/** The operation that has the questions of an address bounded for some seconds. */
export function floodingOp(address: string): NftOp {
  const family = familyOf(address)
  const shape = { set: `flooding${family}`, key: [`ipv${family}_addr` as const] }
  return { ...vethraTable, kind: 'add elements', ...shape, elements: [{ key: [address] }] }
}

const accept = 'accept'

/** The chains of the table; those that others jump to first. */
export const chains: readonly Omit<NewChain, 'kind'>[] = [
  ...['dnat4', 'dnat6', 'ok', 'from', 'between', 'to', 'ask'].map((chain) => ({ chain })),
  { chain: 'guard', base: { type: 'filter', hook: 'prerouting', priority: -300, policy: accept } },
  {
    chain: 'prerouting',
    base: { type: 'nat', hook: 'prerouting', priority: -100, policy: accept },
  },
  { chain: 'output', base: { type: 'nat', hook: 'output', priority: -100, policy: accept } },
  {
    chain: 'postrouting',
    base: { type: 'nat', hook: 'postrouting', priority: 100, policy: accept },
  },
  { chain: 'input', base: { type: 'filter', hook: 'input', priority: -10, policy: accept } },
  // Before those of others at `filter`, so that the mark is there when they look.
  { chain: 'forward', base: { type: 'filter', hook: 'forward', priority: -10, policy: accept } },
]
