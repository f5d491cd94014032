import type { ParsedResult, Result } from '@vethra/cni'
import type { ContainerNames } from '@vethra/names'
import type { Container } from './container.ts'

/**
 * The entry of a container in its peers' hosts files, given the results of its networks, in their
 * order.
 */
export function namesOf({ request }: Container, results: readonly ParsedResult[]): ContainerNames {
  const { id, name, hostname, domainname, extraHosts } = request
  const entries = request.networks.map(({ ref }, index) => [ref, results[index]?.result] as const)
  const aliases = request.networks
    .filter((network) => network.aliases.length > 0)
    .map((network) => [network.ref, network.aliases] as const)
  return {
    id,
    name,
    hostname,
    domainname,
    extraHosts,
    networks: Object.fromEntries(entries.filter((entry): entry is [string, Result] => !!entry[1])),
    ...(aliases.length > 0 ? { aliases: Object.fromEntries(aliases) } : {}),
  }
}
