import { contains, readCidr } from '@vethra/address'
import { type Network, networkBridge, networkSubnets } from '@vethra/networks'
import type { HostLink } from '@vethra/plugins'
import type { MarkedLink } from '@vethra/world'
import type { ManageTools } from './tools.ts'

/**
 * The names of interfaces that have the name of a network's bridge, and that others made. Such is one that is no bridge. A
 * bridge without a mark of ours (those of CNI programs have none) is another's where it has ports though no container is in
 * the network, or an address outside of the network's subnets.
 */
export async function linksOfOthers(
  { host }: ManageTools,
  networks: readonly Network[],
  marked: readonly MarkedLink[],
): Promise<ReadonlySet<string>> {
  const names = networks.flatMap((network) => networkBridge(network) ?? [])
  const { links = {} } = (await (await host.kernel?.())?.facts({ links: names })) ?? {}
  const isMarked = (name: string) =>
    marked.some((link) => link.name === name && link.owner.kind === 'network')
  return new Set(
    networks.flatMap((network) => {
      const name = networkBridge(network) ?? ''
      const link = links[name]
      if (link === undefined || (link.kind === 'bridge' && isMarked(name))) return []
      return isOfOthers(link, network) ? [name] : []
    }),
  )
}

function isOfOthers({ kind, ports = 0, addresses = [] }: HostLink, network: Network): boolean {
  if (kind !== 'bridge' || ports > 0) return true
  const subnets = networkSubnets(network).flatMap(({ subnet }) => readCidr(subnet)?.prefix ?? [])
  const found = addresses.flatMap((each) => readCidr(each)?.address ?? [])
  return subnets.length > 0 && !found.every((each) => subnets.some((one) => contains(one, each)))
}
