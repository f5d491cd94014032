import type { BundleRecord } from '@vethra/container'
import type { ZoneContainer, ZoneMembership } from '@vethra/dns'
import { type ContainerNames, networkKey } from '@vethra/names'

/** A container as DNS shows it: the names that hosts files have of it, and the ports that its record publishes. */
export function zoneContainer(
  names: ContainerNames,
  record: BundleRecord | undefined,
  networks: NetworksByKey,
): ZoneContainer {
  const { id, name, hostname, domainname = '', extraHosts } = names
  const full = hostname === '' || domainname === '' ? [] : [`${hostname}.${domainname}`]
  const aliases = Object.entries(names.aliases ?? {})
  const memberships = Object.entries(names.networks ?? {}).flatMap(([ref, { ips }]) => {
    const network = networks.nameOf(ref)
    if (network === undefined) return []
    const own = aliases.filter(([each]) => networks.nameOf(each) === network)
    const membership: ZoneMembership = {
      addresses: (ips ?? []).map(({ address }) => address),
      aliases: [...own.flatMap(([, each]) => each), ...full],
    }
    return [[network, membership] as const]
  })
  const ports = (record?.ports ?? []).map(({ hostPort, containerPort, protocol }) => ({
    ...{ hostPort, containerPort, protocol },
  }))
  return { id, name, hostname, networks: Object.fromEntries(memberships), ports, extraHosts }
}

/** Networks by the references that containers have of them. */
export interface NetworksByKey {
  /** The name of the network that a reference means; undefined when there is none. */
  nameOf(ref: string): string | undefined
}

/** Networks by name, short id or id. */
export function networksByKey(names: readonly string[]): NetworksByKey {
  const byKey = new Map(names.map((name) => [networkKey(name), name]))
  const known = new Map<string, string | undefined>()
  return {
    nameOf(ref) {
      if (!known.has(ref)) known.set(ref, byKey.get(networkKey(ref)))
      return known.get(ref)
    },
  }
}
