import { firstAddress, formatAddress, readCidr } from '@vethra/address'
import { usageError } from '@vethra/cni'
import { decideSubnets, type Neighbours } from './decide-subnets.ts'
import type { NetworkOptions } from './options.ts'
import { rangesOf } from './ranges.ts'
import { readGateway, type SubnetShare, shareOut } from './share-out.ts'
import { members, sortedMembers, type Written } from './written-json.ts'

/** The `ipam` of a network whose containers bring their addresses, and what the user should know. */
interface StaticIpam {
  readonly ipam: readonly (readonly [string, Written])[]
  readonly notes: readonly string[]
}

/** The members of `ipam` for static: addresses come by capability `ips`; subnets are for us. Throws CniError 103 for ranges, 102. */
export function staticIpam(options: NetworkOptions, neighbours: Neighbours): StaticIpam {
  const { ipRanges, auxAddresses, ipamOptions } = options
  const extra = [...ipRanges, ...auxAddresses, ...Object.keys(ipamOptions)]
  if (extra.length > 0) {
    throw usageError(
      `ipam driver static cannot use "${extra[0]}": it chooses no addresses`,
      'Leave out --ip-range, --aux-address and --ipam-opt, and give each container its --ip.',
    )
  }
  const { shares, notes } = sharesOf(options, neighbours)
  for (const share of shares) checkGateway(options, share)
  const ranges = shares.map((share) =>
    rangesOf(share).map((range) => sortedMembers(Object.entries(range))),
  )
  return {
    ipam: [
      ['type', 'static'],
      ...(ranges.length > 0 ? ([['ranges', ranges]] as const) : []),
      ...(options.internal ? [] : ([['routes', routesOf(options, shares)]] as const)),
    ],
    notes,
  }
}

// None is chosen for a family that got none.
function sharesOf(
  options: NetworkOptions,
  neighbours: Neighbours,
): { readonly shares: readonly SubnetShare[]; readonly notes: readonly string[] } {
  if (options.subnets.length === 0) return { shares: [], notes: [] }
  const has = (family: 4 | 6) =>
    options.subnets.some((text) => readCidr(text)?.prefix.family === family)
  const given = { ...options, ipv4: options.ipv4 && has(4), ipv6: options.ipv6 && has(6) }
  const decided = decideSubnets(given, neighbours, [])
  const shared = shareOut(decided.given, options)
  return { shares: shared.shares, notes: [...decided.notes, ...shared.notes] }
}

// The bridge plugin is told no gateway then, and takes the first address for itself.
function checkGateway({ driver }: NetworkOptions, { subnet, gateway }: SubnetShare): void {
  const first = firstAddress(subnet).value + 1n
  if (driver !== 'bridge' || gateway === undefined || gateway.value === first) return
  const wanted = formatAddress({ family: subnet.family, value: first })
  throw usageError(
    `gateway "${formatAddress(gateway)}" is not ${wanted}, which the bridge takes where ipam driver static is used`,
    'Leave --gateway out, or use the IPAM driver host-local.',
  )
}

function routesOf(options: NetworkOptions, shares: readonly SubnetShare[]): Written {
  const given = options.gateways.map(readGateway)
  const own = shares.flatMap((share) =>
    rangesOf(share).flatMap(({ gateway }) => (gateway === undefined ? [] : readGateway(gateway))),
  )
  const route = (dst: string, family: 4 | 6): Written =>
    members([
      ['dst', dst],
      ['gw', [...given, ...own].find(({ address }) => address.family === family)?.text],
    ])
  return [
    ...(options.ipv4 ? [route('0.0.0.0/0', 4)] : []),
    ...(options.ipv6 ? [route('::/0', 6)] : []),
  ]
}
