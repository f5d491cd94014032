import { attempt, usageError } from '@vethra/cni'
import { rangeSets } from '@vethra/ipam'
import { writeAuxLabel } from './aux-addresses.ts'
import { decideSubnets, type Neighbours } from './decide-subnets.ts'
import { dhcpMembers } from './dhcp.ts'
import type { NetworkFacts, NetworkOptions } from './options.ts'
import { rangesOf, type WrittenRange } from './ranges.ts'
import { shareOut } from './share-out.ts'
import { staticIpam } from './static.ts'
import { members, sortedMembers, type Written } from './written-json.ts'

/** The `ipam` object of a plugin conf, and what goes with it. */
export interface IpamConf {
  readonly ipam: Written
  /** Whether the interface plugin has to pass requested addresses on: capability `ips`. */
  readonly ips: boolean
  /** The value of the label for aux addresses. */
  readonly auxLabel?: string | undefined
  readonly notes: readonly string[]
}

/** The IPAM of a new network, by its IPAM driver. Throws CniError 103 for what cannot be, 102 for overlaps. */
export function ipamConf(
  options: NetworkOptions,
  neighbours: Neighbours,
  facts: Pick<NetworkFacts, 'pools' | 'dataDir'>,
): IpamConf {
  if (!options.ipv4 && !options.ipv6)
    throw usageError('IPv4 or IPv6 must be enabled', 'Add --ipv6, or leave out --ipv4=false.')
  switch (options.ipamDriver) {
    case 'default':
    case 'host-local':
      return hostLocal(options, neighbours, facts)
    case 'dhcp': {
      const { ipam, notes } = dhcpMembers(options)
      return { ipam: sortedMembers(ipam), ips: options.ipv6, notes }
    }
    case 'static': {
      const { ipam, notes } = staticIpam(options, neighbours)
      return { ipam: sortedMembers(ipam), ips: true, notes }
    }
    default:
      throw usageError(
        `unsupported ipam driver "${options.ipamDriver}"`,
        'Give --ipam-driver as default, host-local, dhcp or static.',
      )
  }
}

function hostLocal(
  options: NetworkOptions,
  neighbours: Neighbours,
  { pools, dataDir }: Pick<NetworkFacts, 'pools' | 'dataDir'>,
): IpamConf {
  checkGiven(options)
  const decided = decideSubnets(options, neighbours, pools)
  const { shares: given, notes } = shareOut(decided.given, options)
  const shares = [...given, ...decided.chosen.map((subnet) => ({ subnet, aux: [] }))]
  const ranges = shares.map(rangesOf)
  checkRanges(ranges)
  const six = shares.some(({ subnet }) => subnet.family === 6)
  return {
    ipam: sortedMembers([
      ['type', 'host-local'],
      ['dataDir', dataDir],
      ['routes', options.internal ? undefined : routes(options.ipv4, six)],
      ['ranges', ranges.map((set) => set.map((range) => sortedMembers(Object.entries(range))))],
    ]),
    ips: options.ipv6,
    auxLabel: writeAuxLabel(
      new Map(shares.map(({ aux }, index) => [ranges[index]?.[0]?.subnet ?? '', aux])),
    ),
    notes: [...decided.notes, ...notes],
  }
}

// nerdctl gives a network of both families the IPv4 default route alone, so IPv6 leads nowhere there.
function routes(four: boolean, six: boolean): Written {
  const destinations = [...(four ? ['0.0.0.0/0'] : []), ...(six ? ['::/0'] : [])]
  return destinations.map((dst) => members([['dst', dst]]))
}

function checkGiven(options: NetworkOptions): void {
  if (Object.keys(options.ipamOptions).length > 0)
    throw usageError(
      'ipam driver host-local takes no --ipam-opt',
      'Leave it out, or give --ipam-driver dhcp.',
    )
  if (options.subnets.length > 0) return
  if (options.gateways.length + options.ipRanges.length > 0)
    throw usageError(
      'cannot set gateway or ip-range without subnet, specify --subnet manually',
      'Add the --subnet that they are in.',
    )
}

// What host-local would refuse at every ADD is refused now.
function checkRanges(ranges: readonly (readonly WrittenRange[])[]): void {
  const check = () => rangeSets({ ranges })
  attempt(check, (cause) => {
    const isMapped = ranges.flat().some(({ subnet }) => subnet?.startsWith('::ffff:'))
    const hint = isMapped
      ? 'Write a subnet of IPv4 addresses without "::ffff:", such as 10.20.0.0/24.'
      : 'Give subnets of four addresses or more, such as 10.20.0.0/24 or fd00:20::/64.'
    throw usageError('addresses cannot be given out of these subnets', { cause, hint })
  })
}
