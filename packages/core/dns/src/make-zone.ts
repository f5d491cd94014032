import { readCidr } from '@vethra/address'
import { addressKey, addressOctets, type OctetPrefix } from './address-octets.ts'
import { bareName } from './bare-name.ts'
import { canBeName } from './name-labels.ts'
import { noPreparedAnswers } from './prepared-answers.ts'
import type { Holder, Member, NetworkNames, Zone } from './zone.ts'
import type { ZoneContainer, ZoneInput, ZoneMembership, ZoneNetwork } from './zone-input.ts'

/** The zone of a host's networks and running containers. */
export function makeZone(input: ZoneInput): Zone {
  const members: [string, Member][] = input.containers.flatMap((container) =>
    Object.entries(container.networks).map(([network, membership]) => [
      network,
      memberOf(container, network, membership),
    ]),
  )
  const byNetwork = Map.groupBy(members, ([network]) => network)
  const networks = input.networks.map((network) => {
    const own = (byNetwork.get(network.name) ?? []).map(([, member]) => member)
    return [network.name, networkNames(network, own)] as const
  })
  const known = new Map(networks)
  const shown = members.filter(([network]) => known.has(network)).map(([, member]) => member)
  return {
    ttlSeconds: input.ttlSeconds ?? 5,
    serial: input.serial ?? 1,
    networks: known,
    members: byAddress(shown),
    views: new Map(),
    prepared: noPreparedAnswers(),
  }
}

function memberOf(
  container: ZoneContainer,
  network: string,
  { addresses }: ZoneMembership,
): Member {
  const short = container.id.slice(0, 12)
  const full = [container.name, short]
    .map((name) => `${name}.${network}`.toLowerCase())
    .find((name, index) => [container.name, short][index] !== '' && canBeName(name))
  const octets = addresses.map(addressOctets).filter((each) => each !== undefined)
  return { container, network, fullName: full ?? '', addresses: octets }
}

function networkNames(network: ZoneNetwork, members: readonly Member[]): NetworkNames {
  const { name, isInternal, subnets, domain } = network
  const behind = [name, ...(domain ? [domain] : [])].map((each) => each.toLowerCase())
  return {
    name,
    isInternal,
    prefixes: subnets.map(prefixOf).filter((each) => each !== undefined),
    suffixes: behind.map((each) => `.${each.replace(/^\.|\.$/g, '')}`),
    holders: holdersOf(network.name, members),
  }
}

function prefixOf(subnet: string): OctetPrefix | undefined {
  const length = readCidr(subnet)?.prefix.length
  const octets = addressOctets(subnet)
  return length === undefined || !octets ? undefined : { octets, length }
}

function holdersOf(network: string, members: readonly Member[]): ReadonlyMap<string, Holder[]> {
  const holders = new Map<string, Holder[]>()
  for (const member of members) {
    const { id, name, hostname, networks } = member.container
    const aliases = networks[network]?.aliases ?? []
    const chosen = new Set([name, id, id.slice(0, 12), ...aliases].map(bareName))
    for (const each of chosen) addHolder(holders, each, { member, isHostname: false })
    const last = bareName(hostname)
    if (!chosen.has(last)) addHolder(holders, last, { member, isHostname: true })
  }
  return holders
}

function addHolder(holders: Map<string, Holder[]>, name: string, holder: Holder): void {
  const others = holders.get(name)
  if (others) others.push(holder)
  else if (canBeName(name)) holders.set(name, [holder])
}

function byAddress(members: readonly Member[]): ReadonlyMap<string, readonly Member[]> {
  const found = new Map<string, Member[]>()
  for (const member of members) {
    for (const address of member.addresses.map(addressKey)) {
      const others = found.get(address) ?? []
      if (others.some(({ network }) => network === member.network)) continue
      found.set(address, [...others, member])
    }
  }
  return found
}
