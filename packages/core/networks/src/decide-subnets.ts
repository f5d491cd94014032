import { formatPrefix, overlaps, type Prefix, readCidr } from '@vethra/address'
import { inUseError, parsePrefix, usageError } from '@vethra/cni'
import { chooseSubnet, overlapWith, type UsedPrefix } from './choose-subnet.ts'
import { networkId } from './identity.ts'
import type { NetworkFacts, NetworkOptions } from './options.ts'

interface DecidedSubnets {
  /** As given. None overlaps another, nor one that was chosen. */
  readonly given: readonly Prefix[]
  /** For the families that got none. */
  readonly chosen: readonly Prefix[]
  readonly notes: readonly string[]
}

/** The prefixes that subnets must keep clear of. */
export interface Neighbours {
  /** The prefixes that a user's subnet must keep clear of. */
  readonly forbidden: readonly UsedPrefix[]
  /** The prefixes that a chosen subnet must keep clear of. */
  readonly avoided: readonly UsedPrefix[]
}

/** Subnets for each family that is on: those given, or a chosen one. Throws CniError 102 naming an overlap, 103 with nerdctl's texts. */
export function decideSubnets(
  options: NetworkOptions,
  neighbours: Neighbours,
  pools: NetworkFacts['pools'],
): DecidedSubnets {
  const given = options.subnets.map(readSubnet)
  for (const each of given) checkSubnet(each)
  checkOverlaps(given, neighbours.forbidden)
  if (!options.ipv4 && given.some((each) => each.family === 4))
    throw usageError('--ipv4=false conflicts with an IPv4 subnet', 'Leave one of them out.')
  const unused = options.ipv6 ? [] : given.filter((each) => each.family === 6)
  const kept = given.filter((each) => !unused.includes(each))
  const own = kept.map((prefix) => ({ prefix: formatPrefix(prefix), by: 'this network' }))
  const used = [...neighbours.avoided, ...own]
  const chosen = choose(options, { kept, used, pools })
  for (const each of chosen) checkSubnet(each)
  return {
    given: kept,
    chosen,
    notes: unused.map((each) => `subnet ${formatPrefix(each)} is left out: --ipv6 is not given`),
  }
}

function readSubnet(text: string): Prefix {
  if (!readCidr(text))
    throw usageError(
      `failed to parse subnet "${text}"`,
      'Write it like 10.20.0.0/24 or fd00:20::/64.',
    )
  return parsePrefix('subnet', text)
}

function checkOverlaps(given: readonly Prefix[], forbidden: readonly UsedPrefix[]): void {
  for (const [index, prefix] of given.entries()) {
    const other = overlapWith(prefix, forbidden)
    if (other) {
      throw inUseError(
        `subnet ${formatPrefix(prefix)} overlaps with other one on this address space: ${other.prefix} of ${other.by}`,
        'Give another subnet, or -o vethra.allow-overlap=true if this is what you want.',
      )
    }
    const twin = given.slice(0, index).find((each) => overlaps(each, prefix))
    if (twin)
      throw usageError(
        `subnet ${formatPrefix(prefix)} overlaps subnet ${formatPrefix(twin)}`,
        'Give subnets that share no address.',
      )
  }
}

interface Room extends Pick<NetworkFacts, 'pools'> {
  /** The subnets that were given. */
  readonly kept: readonly Prefix[]
  readonly used: readonly UsedPrefix[]
}

function choose(options: NetworkOptions, { kept, used, pools }: Room): readonly Prefix[] {
  const lacks = (family: 4 | 6) => !kept.some((each) => each.family === family)
  const six = options.ipv6 && lacks(6) ? [chooseSix(options.name, used, pools)] : []
  const four = options.ipv4 && lacks(4) ? [chooseSubnet(used, pools)] : []
  return [...four, ...six].map((text) => parsePrefix('subnet', text))
}

// Without a pool for IPv6, a unique local prefix of the network's own: RFC 4193 wants 40 bits that nobody
// else is likely to have, and the hash of the name gives the same ones again when the network is made again.
function chooseSix(
  name: string,
  used: readonly UsedPrefix[],
  pools: NetworkFacts['pools'],
): string {
  if (pools.some(({ base }) => readCidr(base)?.prefix.family === 6))
    return chooseSubnet(used, pools, 6)
  const id = networkId(name)
  const base = `fd${id.slice(0, 2)}:${id.slice(2, 6)}:${id.slice(6, 10)}::/48`
  return chooseSubnet(used, [{ base, size: 64 }], 6)
}

// Addresses that the kernel gives to no interface as those of a neighbour, or that no router passes on
// (IANA special-purpose address registries; RFC 1112 for 255.255.255.255).
const unusable: readonly (readonly [kind: string, prefix: string])[] = [
  ['unspecified', '0.0.0.0/8'],
  ['loopback', '127.0.0.0/8'],
  ['link-local', '169.254.0.0/16'],
  ['multicast', '224.0.0.0/4'],
  ['broadcast', '255.255.255.255/32'],
  ['unspecified', '::/128'],
  ['loopback', '::1/128'],
  ['link-local', 'fe80::/10'],
  ['multicast', 'ff00::/8'],
]

// Throws CniError 103 when a subnet holds addresses that no container can have: multicast, loopback and the like.
function checkSubnet(subnet: Prefix): void {
  const found = unusable.find(([, prefix]) => overlaps(parsePrefix('prefix', prefix), subnet))
  if (!found) return
  const [kind, prefix] = found
  throw usageError(
    `subnet ${formatPrefix(subnet)} holds ${kind} addresses (${prefix})`,
    'Give a subnet of unicast addresses like 10.20.0.0/24 or fd00:20::/64.',
  )
}
