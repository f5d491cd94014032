import { isHostToken } from './check-host.ts'
import type { ContainerNames } from './container-names.ts'
import { hostAddress } from './host-address.ts'
import type { KnownNetworks } from './network-key.ts'

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

/** The entries of one container, network by network, in the order of its addresses; those that no hosts file can hold are left out. */
export function entriesOf(names: ContainerNames, networks: KnownNetworks): readonly HostEntry[] {
  return Object.entries(names.networks ?? {}).flatMap(([ref, result]) => {
    const network = networks.keys.get(ref) ?? ref
    const suffix = networks.names.get(network) ?? ref
    const words = wordsIn(names, aliasesIn(names, network, networks), suffix)
    return result.ips.flatMap(({ address }) => {
      const found = hostAddress(address.split('/', 1)[0] ?? '')
      return found?.remote && words.length > 0 ? [entry(names, network, { ...found, words })] : []
    })
  })
}

/** A line of a hosts file: nerdctl's `%-15s %s`. */
export function hostLine(address: string, names: readonly string[]): string {
  return `${address.padEnd(15)} ${names.join(' ')}`
}

function entry(
  { id, precedence = 0 }: ContainerNames,
  network: string,
  { text, order, words }: { text: string; order: string; words: readonly string[] },
): HostEntry {
  const common = { id, claim: `${network} ${text}`, network, address: text, order, precedence }
  return { ...common, names: words, line: hostLine(text, words) }
}

// 127.0.0.1 has these names in every file, and no peer may take them.
const reserved = ['localhost', 'localhost.localdomain']

function wordsIn(
  { hostname, domainname, name }: ContainerNames,
  aliases: readonly string[],
  suffix: string,
): readonly string[] {
  const full = hostname !== '' && domainname ? [`${hostname}.${domainname}`] : []
  const bare = [hostname, name, ...aliases].filter((each) => each !== '')
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
