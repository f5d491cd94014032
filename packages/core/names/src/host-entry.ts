import { isHostToken } from './check-host.ts'
import type { ContainerNames } from './container-names.ts'
import { hostAddress } from './host-address.ts'
import type { KnownNetworks } from './known-networks.ts'

/** One address of one container, as a line of hosts files. */
export interface HostEntry {
  readonly id: string
  /** The address and the network that it is in: what only one container can have. */
  readonly claim: string
  /** As `networkKey` gives it. */
  readonly network: string
  /** Canonical. */
  readonly address: string
  /** Sorts as the addresses do. */
  readonly order: string
  readonly precedence: number
  /** As they stand in the line. */
  readonly names: readonly string[]
  readonly line: string
}

/**
 * The entries of one container, network by network as it lists them, in the order of its addresses.
 * Names and addresses that no hosts file could hold are left out.
 */
export function entriesOf(names: ContainerNames, networks: KnownNetworks): readonly HostEntry[] {
  return Object.entries(names.networks ?? {}).flatMap(([ref, result]) => {
    const network = networks.keys.get(ref) ?? ref
    const words = wordsIn(names, network, networks, ref)
    return result.ips.flatMap(({ address }) => entry(names, network, address, words))
  })
}

/** A line of a hosts file: nerdctl's `%-15s %s`. */
export function hostLine(address: string, names: readonly string[]): string {
  return `${address.padEnd(15)} ${names.join(' ')}`
}

function entry(
  { id, precedence = 0 }: ContainerNames,
  network: string,
  cidr: string,
  names: readonly string[],
): readonly HostEntry[] {
  const address = hostAddress(cidr.split('/', 1)[0] ?? '')
  if (!address?.remote || names.length === 0) return []
  const { text, order } = address
  const claim = `${network} ${text}`
  return [
    { id, claim, network, address: text, order, precedence, names, line: hostLine(text, names) },
  ]
}

// 127.0.0.1 has these names in every file, and no peer may take them.
const reserved = ['localhost', 'localhost.localdomain']

function wordsIn(
  names: ContainerNames,
  key: string,
  networks: KnownNetworks,
  ref: string,
): readonly string[] {
  const { hostname, domainname, name } = names
  const suffix = networks.names.get(key) ?? ref
  const full = hostname !== '' && domainname ? [`${hostname}.${domainname}`] : []
  const bare = [hostname, name, ...aliasesIn(names, key, networks)].filter((each) => each !== '')
  const all = bare.flatMap((each) => (suffix === 'bridge' ? [each] : [each, `${each}.${suffix}`]))
  const words = [...full, ...all].filter(
    (each) => isHostToken(each) && !reserved.includes(each.toLowerCase()),
  )
  return [...new Set(words)]
}

function aliasesIn(
  { aliases }: ContainerNames,
  key: string,
  { keys }: KnownNetworks,
): readonly string[] {
  if (aliases === undefined) return []
  return Object.entries(aliases).flatMap(([ref, list]) => (keys.get(ref) === key ? list : []))
}
