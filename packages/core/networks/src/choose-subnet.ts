import {
  addressBits,
  type Family,
  formatPrefix,
  lastAddress,
  overlaps,
  type Prefix,
  readCidr,
} from '@vethra/address'
import { type CniError, inUseError, parseAddress, parsePrefix } from '@vethra/cni'

/** A prefix that a new subnet must keep clear of. */
export interface UsedPrefix {
  /** Host bits are allowed: `192.168.1.5/24`. An unreadable prefix, or one that holds everything, counts for nothing. */
  readonly prefix: string
  /** Whose it is, for people: `interface eth0`, `network lan`, `route via 10.0.0.1`. */
  readonly by: string
  /** The interface that the address or route is on; absent for a network. */
  readonly device?: string
}

/** A block that subnets are cut from. */
export interface SubnetPool {
  readonly base: string
  /** The prefix length of each subnet. */
  readonly size: number
}

interface Interval {
  readonly start: bigint
  readonly end: bigint
  readonly size: number
  /** How many addresses each subnet has. */
  readonly step: bigint
}

/** The first free subnet of the family's pools; by default from 10.4.1.0/24 as nerdctl, 172.16.0.0/12, 192.168.0.0/16. Throws CniError 102. */
export function chooseSubnet(
  used: readonly UsedPrefix[],
  pools: readonly SubnetPool[],
  family: Family = 4,
): string {
  const intervals = intervalsOf(pools, family)
  const taken = readUsed(used)
    .filter(({ prefix }) => prefix.family === family)
    .sort((a, b) => (a.prefix.base < b.prefix.base ? -1 : 1))
  for (const interval of intervals) {
    const base = firstGap(interval, taken)
    if (base !== undefined) return formatPrefix({ family, base, length: interval.size })
  }
  throw noSpace(intervals, taken, family)
}

/** The first of what is used that shares an address with a prefix. */
export function overlapWith(prefix: Prefix, used: readonly UsedPrefix[]): UsedPrefix | undefined {
  return readUsed(used).find((each) => overlaps(each.prefix, prefix))?.used
}

interface ReadPrefix {
  readonly prefix: Prefix
  readonly used: UsedPrefix
}

// A default route holds every address and takes none; what others wrote may be no prefix at all.
function readUsed(used: readonly UsedPrefix[]): readonly ReadPrefix[] {
  return used.flatMap((each) => {
    const prefix = readCidr(each.prefix)?.prefix
    return prefix && prefix.length > 0 ? [{ prefix, used: each }] : []
  })
}

function intervalsOf(pools: readonly SubnetPool[], family: Family): readonly Interval[] {
  const own = pools
    .map(({ base, size }) => ({ prefix: parsePrefix('address pool', base), size }))
    .filter(({ prefix }) => prefix.family === family)
    .map(({ prefix, size }) => intervalOf(prefix, size))
  return own.length > 0 || family === 6 ? own : builtIn()
}

function intervalOf(prefix: Prefix, size: number): Interval {
  const step = 1n << BigInt(addressBits(prefix.family) - size)
  return { start: prefix.base, end: lastAddress(prefix).value, size, step }
}

// Made when they are asked for: most starts choose no subnet.
function builtIn(): readonly Interval[] {
  return [
    {
      ...intervalOf(parsePrefix('pool', '10.0.0.0/8'), 24),
      start: parseAddress('pool', '10.4.1.0').value,
    },
    intervalOf(parsePrefix('pool', '172.16.0.0/12'), 24),
    intervalOf(parsePrefix('pool', '192.168.0.0/16'), 24),
  ]
}

// Jumps from one used prefix to behind the next, so a VPN over 10.0.0.0/8 costs one step, not 65,000.
function firstGap(interval: Interval, taken: readonly ReadPrefix[]): bigint | undefined {
  const { step } = interval
  let base = interval.start
  for (const { prefix } of taken) {
    const end = lastAddress(prefix).value
    if (prefix.base >= base + step) break
    if (end >= base) base = (end / step + 1n) * step
  }
  return base + step - 1n <= interval.end ? base : undefined
}

function noSpace(
  intervals: readonly Interval[],
  taken: readonly ReadPrefix[],
  family: Family,
): CniError {
  const named = taken
    .filter(({ prefix }) =>
      intervals.some(({ start, end }) => prefix.base <= end && start <= lastAddress(prefix).value),
    )
    .sort((a, b) => a.prefix.length - b.prefix.length)
    .map(({ prefix, used }) => `${formatPrefix(prefix)} of ${used.by}`)
  const more = named.length > 5 ? [`${named.length - 5} more`] : []
  const takers = [...named.slice(0, 5), ...more].join(', ')
  const fault =
    named.length === 0 ? `no address pool has room for IPv${family}` : `taken by ${takers}`
  return inUseError(
    `could not find free subnet: ${fault}`,
    'Give a subnet with --subnet, or more room with address_pools in vethra.toml.',
  )
}
