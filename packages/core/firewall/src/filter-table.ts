/** A program that rules are written with. */
export type FilterProgram = 'nft' | `${'iptables' | 'ip6tables'}${'' | '-nft' | '-legacy'}`

/** A table of others that packets pass, as its program lists it. */
export interface FilterTable {
  readonly program: FilterProgram
  /** As the program names it: `inet site`, or `raw`. */
  readonly name: string
  /** The family whose packets it sees; absent for both. */
  readonly family?: 4 | 6
  /** By name. */
  readonly chains: ReadonlyMap<string, FilterChain>
}

/** A chain, with its rules in order. */
export interface FilterChain {
  /** The hook that the kernel calls it at; absent where only rules lead to it. */
  readonly hook?: string
  /** Its priority there; 0 without a hook. */
  readonly priority: number
  /** The devices that it is for; empty for all. */
  readonly devices: readonly string[]
  /** Whether it drops what no rule of it accepts. */
  readonly drops: boolean
  readonly rules: readonly FilterRule[]
}

/** A rule: what a packet must be, all of it, and what becomes of it then. */
export interface FilterRule {
  /** As its program lists it. */
  readonly line: string
  /** Its number; of nftables alone. */
  readonly handle?: string
  readonly tests: readonly FilterTest[]
  /** `untrack`: neither end of it is changed. `other`: the verdict cannot be read off the rule. `queue`: a program gives it. */
  readonly does: Hindrance | 'accept' | 'return' | 'next' | 'jump' | 'goto' | 'queue' | 'other'
  /** The chain that `jump` and `goto` lead to, the queues of `queue`, `0-3`, the address that `disguise` gives, empty for its own; else empty. */
  readonly to: string
}

/** How a rule keeps a packet, or the answer to it, from where it is due: `disguise` gives it a source of its own choice, `zone` tracks it apart, `unread` has it wait for no program. */
export type Hindrance = 'drop' | 'untrack' | 'divert' | 'disguise' | 'zone' | 'unread'

const hindrances: readonly string[] = ['drop', 'untrack', 'divert', 'disguise', 'zone', 'unread']

/** One thing that a packet must be: one of these values, or with `not` none of them. */
export interface FilterTest {
  /** `unknown` for what nobody can tell of a packet. */
  readonly field: PacketField | 'unknown'
  readonly values: readonly string[]
  readonly not: boolean
}

/** A part of a packet that is tested: interfaces by name, `*` at the end for any rest; addresses by prefix; ports, or ranges `1-9`. */
type PacketField =
  | 'iifname'
  | 'oifname'
  | 'ibrname'
  | 'obrname'
  | 'family'
  | 'smac'
  | 'dmac'
  | 'saddr'
  | 'daddr'
  | 'protocol'
  | 'dport'
  | 'state'
  | 'mark'

/** Whether it may keep a packet from where it is due: by a rule, or by a policy. */
export function hasHindrance({ chains }: FilterTable): boolean {
  return [...chains.values()].some(
    ({ drops, rules }) => drops || rules.some(({ does }) => isHindrance(does)),
  )
}

/** Whether what a rule does keeps a packet from where it is due. */
export function isHindrance(does: FilterRule['does']): does is Hindrance {
  return hindrances.includes(does)
}

/** A table whose rules for queues that no program reads are hindrances. `read`: the numbers of those that are read. */
export function withUnreadQueues(table: FilterTable, read: readonly string[]): FilterTable {
  const judged = (rule: FilterRule): FilterRule =>
    rule.does === 'queue' && !read.some((each) => spans(rule.to, each))
      ? { ...rule, does: 'unread' }
      : rule
  const chains = [...table.chains].map(
    ([name, chain]) => [name, { ...chain, rules: chain.rules.map(judged) }] as const,
  )
  return { ...table, chains: new Map(chains) }
}

/** Whether a number is in a range of numbers, `1-9`, or is the number that is given in its place. */
export function spans(range: string, number = ''): boolean {
  const [first, last = first] = range.split('-')
  return range === number || (Number(first) <= Number(number) && Number(number) <= Number(last))
}
