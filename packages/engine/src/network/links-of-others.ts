import { contains, readCidr } from '@vethra/address'
import { type Network, networkBridge, networkSubnets } from '@vethra/networks'
import type { HostLink } from '@vethra/plugins'
import type { MarkedLink } from '@vethra/world'
import type { ManageTools } from './tools.ts'

/** Interfaces named as a network's bridge that others made: no bridge, or unmarked with ports of no container or a foreign address. */
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
