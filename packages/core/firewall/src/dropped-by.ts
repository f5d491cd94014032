import { isIn } from '@vethra/address'
import type { FilterChain, FilterRule, FilterTable, FilterTest } from './filter-table.ts'

/** A packet as far as it is known: what is absent may be anything. */
export interface KnownPacket {
  readonly family: 4 | 6
  /** The bridge that it comes from, or goes to: it has no interface of another name there, where that is absent. */
  readonly bridge: string
  readonly iifname?: string
  readonly oifname?: string
  /** The bridge whose port it comes by. */
  readonly ibrname?: string
  readonly saddr?: string
  readonly daddr?: string
  readonly protocol?: string
  readonly dport?: string
  /** `new` or `established`, and `dnat` where its destination was changed. */
  readonly state?: readonly string[]
  /** Whether it bears our mark. */
  readonly marked?: boolean
  /** Whether rules of plugins accept it. */
  readonly admitted: boolean
}

/** A rule that drops a packet, and its chain. */
export interface DroppingRule {
  readonly chain: string
  readonly rule: FilterRule
}

/** The rule of a base chain by which a packet is surely dropped; undefined where none is, and where nobody can tell. */
export function droppedBy(
  table: FilterTable,
  chain: string,
  packet: KnownPacket,
): DroppingRule | undefined {
  if (table.family !== undefined && table.family !== packet.family) return undefined
  const fate = follow(table, chain, packet)
  return typeof fate === 'object' ? fate : undefined
}

/** `on`: it goes on behind a rule; `back`: to the chain that led here; `away`: it is accepted, or may be. */
type Fate = DroppingRule | 'on' | 'back' | 'away'

// Chains of nftables and of iptables make no circle.
function follow(table: FilterTable, chain: string, packet: KnownPacket): Fate {
  for (const rule of table.chains.get(chain)?.rules ?? []) {
    const fits = meets(rule.tests, packet)
    const fate = fits === false ? 'on' : fateBy(table, { chain, rule }, packet)
    if (fate === 'on') continue
    if (fits) return fate === 'back' ? 'on' : fate
    // It may be dropped, and goes on where it is not.
    if (typeof fate !== 'object') return 'away'
  }
  return 'on'
}

function fateBy(table: FilterTable, at: DroppingRule, packet: KnownPacket): Fate {
  const { does, to } = at.rule
  if (does === 'next') return 'on'
  if (does === 'drop') return at
  if (does === 'return') return 'back'
  if (does === 'accept' || does === 'other') return 'away'
  const fate = to === 'CNI-FORWARD' && packet.admitted ? 'away' : follow(table, to, packet)
  return does === 'goto' && fate === 'on' ? 'back' : fate
}

// Undefined where one cannot be told, and none fails.
function meets(tests: readonly FilterTest[], packet: KnownPacket): boolean | undefined {
  let sure: true | undefined = true
  for (const test of tests) {
    const fits = isAmong(test, packet)
    if (fits === test.not) return false
    if (fits === undefined) sure = undefined
  }
  return sure
}

function isAmong({ field, values }: FilterTest, packet: KnownPacket): boolean | undefined {
  switch (field) {
    case 'unknown':
      return undefined
    case 'family':
      return values.includes(String(packet.family))
    case 'mark':
      return packet.marked
    case 'state':
      return packet.state && values.some((each) => packet.state?.includes(each))
    case 'saddr':
    case 'daddr': {
      const address = packet[field]
      return address === undefined ? undefined : values.some((each) => holds(each, address))
    }
    case 'iifname':
    case 'oifname':
    case 'ibrname':
      return isNamed(values, packet[field], packet.bridge)
    default: {
      const known = packet[field]
      return known === undefined ? undefined : values.includes(known)
    }
  }
}

function holds(prefix: string, address: string): boolean {
  return prefix.includes('/') ? isIn(prefix, address) : prefix === address
}

// Where the name is not known it is not the bridge's.
function isNamed(values: readonly string[], name: string | undefined, bridge: string) {
  if (name !== undefined) return values.some((each) => isLike(each, name))
  return values.every((each) => each === bridge) ? false : undefined
}

function isLike(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

/** The base chains of a table at a hook, and for a device, where they are for devices. */
export function chainsAt(
  { chains }: FilterTable,
  hook: string,
  device: string,
): readonly (readonly [string, FilterChain])[] {
  return [...chains].filter(
    ([, each]) =>
      each.hook === hook && (each.devices.length === 0 || each.devices.includes(device)),
  )
}
