import type { BundleRecord } from '@vethra/container'
import type { ZoneContainer, ZoneMembership } from '@vethra/dns'
import { type ContainerNames, networkKey } from '@vethra/names'

/** The part of a container's record that its resolv.conf and its SRV records come from. */
export type KeptRecord = Pick<BundleRecord, 'mode' | 'networks' | 'dns' | 'ports'>

/** The part of a record that is kept. */
export function keptRecord({ mode, networks, dns, ports }: BundleRecord): KeptRecord {
  return { mode, networks, dns, ports }
}

/** A container as DNS shows it: its names, and the published ports of its record. An unknown network stays under its reference. */
export function zoneContainer(
  names: ContainerNames,
  record: KeptRecord | undefined,
  networks: NetworksByKey,
): ZoneContainer {
  const { id, name, hostname, domainname = '', extraHosts, precedence } = names
  const full = hostname === '' || domainname === '' ? [] : [`${hostname}.${domainname}`]
  const aliases = Object.entries(names.aliases ?? {})
  const memberships = Object.entries(names.networks ?? {}).map(([ref, { ips }]) => {
    const network = networks.nameOf(ref) ?? ref
    const own = aliases.filter(([each]) => (networks.nameOf(each) ?? each) === network)
    const membership: ZoneMembership = {
      addresses: (ips ?? []).map(({ address }) => address),
      aliases: orNone([...own.flatMap(([, each]) => each), ...full]),
    }
    return [network, membership] as const
  })
  const ports = (record?.ports ?? []).map(({ hostPort, containerPort, protocol }) => ({
    ...{ hostPort, containerPort, protocol },
  }))
  // One literal: objects that are put together take twice the memory.
  return {
    id,
    name,
    hostname,
    networks: Object.fromEntries(memberships),
    ports: orNone(ports),
    precedence: precedence ?? 0,
    extraHosts: orNone(extraHosts),
  }
}

// Tens of thousands of containers have none of most things: one list for all of these.
function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length > 0 ? list : none
}

const none: readonly never[] = []

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
