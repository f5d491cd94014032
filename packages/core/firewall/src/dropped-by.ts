import { isIn } from '@vethra/address'
import {
  type FilterChain,
  type FilterRule,
  type FilterTable,
  type FilterTest,
  type Hindrance,
  isHindrance,
  spans,
} from './filter-table.ts'

/** A packet as far as it is known: what is absent may be anything. */
export interface KnownPacket {
  readonly family: 4 | 6
  /** The bridge that it comes from, or goes to: it has no interface of another name there, where that is absent. */
  readonly bridge: string
  readonly iifname?: string
  readonly oifname?: string
  /** The bridge whose port it comes by, or leaves by. */
  readonly ibrname?: string
  readonly obrname?: string
  /** Lower case. */
  readonly smac?: string
  readonly dmac?: string
  readonly saddr?: string
  readonly daddr?: string
  readonly protocol?: string
  readonly dport?: string
  /** `new` or `established`, and `dnat` where its destination was changed. */
  readonly state?: readonly string[]
  /** Whether it bears our mark. */
  readonly marked?: boolean
  /** The end of it that is still to be changed. Default: none. */
  readonly changes?: 'source' | 'destination'
  /** Whether rules of plugins accept it. */
  readonly admitted: boolean
}

/** A rule that keeps a packet from where it is due, and its chain; without a handle where it is the chain's policy. */
export interface DroppingRule {
  readonly chain: string
  /** Whether surely no rule accepts the packet; absent for what is no policy for what is forwarded. */
  readonly isSure?: boolean
  readonly rule: FilterRule & { readonly does: Hindrance }
}

/**
 * The rule of a base chain by which a packet is surely dropped, or loses what is to be changed of it; undefined where none is, and
 * where nobody can tell. A rule for its port may lead it elsewhere: that counts. So does a policy for what is forwarded, unless a
 * rule that names the packet's interface may accept it.
 */
export function droppedBy(
  table: FilterTable,
  chain: string,
  packet: KnownPacket,
): DroppingRule | undefined {
  if (table.family !== undefined && table.family !== packet.family) return undefined
  const fate = follow(table, chain, packet)
  if (typeof fate === 'object') return fate
  const { drops = false, hook } = table.chains.get(chain) ?? {}
  if (!drops || fate === 'away') return undefined
  const isSure = fate !== 'unsure'
  if (hook === 'forward' && !table.name.startsWith('bridge '))
    return { chain, rule: byPolicy, isSure }
  return isSure ? { chain, rule: byPolicy } : undefined
}

/** The line of a chain's policy that drops, in place of a rule's. */
export const policyLine = 'policy drop'

const byPolicy = { line: policyLine, tests: [], does: 'drop', to: '' } as const

/** `on`: it goes on behind a rule; `back`: to the chain that led here; `away`: it is accepted; `unsure`: it may be, or goes on. */
type Fate = DroppingRule | 'on' | 'back' | 'away' | 'unsure'

// Chains of nftables and of iptables make no circle.
function follow(table: FilterTable, chain: string, packet: KnownPacket): Fate {
  let isSure = true
  for (const rule of table.chains.get(chain)?.rules ?? []) {
    const fits = meets(rule.tests, packet)
    const fate = fits === false ? 'on' : fateBy(table, { chain, rule }, packet)
    if (fate === 'on') continue
    if (fate !== 'unsure' && (fits || mayHold(fate))) {
      if (fate === 'away' || isSure) return fate === 'back' ? 'on' : fate
      return 'unsure'
    }
    // It may be dropped, and goes on where it is not.
    if (typeof fate === 'object') continue
    if (fate === 'away' && rule.tests.some((test) => isOwn(test, packet))) return 'away'
    isSure = false
  }
  return isSure ? 'on' : 'unsure'
}

// What its owner wrote for this bridge is meant, whatever else it asks for.
function isOwn(test: FilterTest, packet: KnownPacket): boolean {
  return /^[io]ifname$/.test(test.field) && isAmong(test, packet) === !test.not
}

// Which senders or addresses of the host a port is led for, or which uplink it leaves by, is no matter: these are somebody's.
function mayHold(fate: Fate): boolean {
  if (typeof fate !== 'object') return false
  const { does, tests } = fate.rule
  if (does === 'disguise') return tests.every(({ field }) => ofSource.includes(field))
  return does === 'divert' && tests.some(({ field, not }) => field === 'dport' && !not)
}

const ofSource: readonly string[] = ['family', 'saddr', 'iifname', 'oifname']

function fateBy(
  table: FilterTable,
  { chain, rule }: { readonly chain: string; readonly rule: FilterRule },
  packet: KnownPacket,
): Fate {
  const { does, to } = rule
  if (does === 'next' || (does === 'untrack' && !packet.changes)) return 'on'
  if (does === 'zone' && !(packet.changes && isOneSided(table, rule))) return 'on'
  if (does === 'divert' && packet.changes !== 'destination') return 'away'
  if (does === 'disguise' && packet.changes !== 'source') return 'away'
  if (isHindrance(does)) return { chain, rule: { ...rule, does } }
  if (does === 'return') return 'back'
  if (does === 'accept') return 'away'
  if (does === 'other' || does === 'queue') return 'unsure'
  const isOfPlugin = to === 'CNI-FORWARD' ? packet.admitted : masquerading.test(to)
  const fate = isOfPlugin ? 'away' : follow(table, to, packet)
  return does === 'goto' && fate === 'on' ? 'back' : fate
}

// Answers are tracked in no zone where one rule alone sets one, and asks for an end of the packet.
function isOneSided({ chains }: FilterTable, rule: FilterRule): boolean {
  const zoned = [...chains.values()].flatMap(({ rules }) =>
    rules.filter(({ does }) => does === 'zone'),
  )
  return zoned.length === 1 && rule.tests.some(({ field }) => ends.includes(field))
}

const ends: readonly string[] = ['iifname', 'saddr', 'daddr', 'smac', 'dport']

/** The chains by which plugins masquerade. */
const masquerading = /^CNI-[0-9a-f]{24}$/

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
    case 'obrname':
      return isNamed(values, packet[field], packet.bridge)
    case 'dport':
      return packet.dport === undefined
        ? undefined
        : values.some((each) => spans(each, packet.dport))
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
