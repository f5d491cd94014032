import type { Result } from '@vethra/cni'
import type { ContainerNames } from '@vethra/names'
import type { BundleRecord } from './record.ts'

/** The entry of a container in its peers' hosts files, given the results of its networks, in their order; a network without one is left out. */
export function containerNames(
  given: Pick<BundleRecord, 'id' | 'name' | 'hostname' | 'domainname' | 'extraHosts' | 'networks'>,
  results: readonly (Result | undefined)[],
): ContainerNames {
  const { id, name, hostname, domainname, extraHosts, networks } = given
  const joined = networks.flatMap(({ ref }, at) => {
    const result = results[at]
    return result ? [[ref, result] as const] : []
  })
  const aliases = networks.flatMap((each, at) =>
    results[at] && each.aliases.length > 0 ? [[each.ref, each.aliases] as const] : [],
  )
  return {
    ...{ id, name, hostname, domainname, extraHosts },
    networks: Object.fromEntries(joined),
    ...(aliases.length > 0 ? { aliases: Object.fromEntries(aliases) } : {}),
  }
}
