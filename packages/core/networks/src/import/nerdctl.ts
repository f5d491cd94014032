import { confError, goItems, type Json } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { ipamConfs, networkSubnets } from '../anatomy.ts'
import { auxLabel } from '../aux-addresses.ts'
import { type Network, networksFromFiles } from '../network.ts'
import type { NetworkOptions } from '../options.ts'
import { type NetworkOrigin, networkOrigin } from '../origin.ts'
import { elements, textField } from '../read-json.ts'
import { hasDefaultRoute } from './default-route.ts'
import { type ForeignNetwork, orRefused, withoutDefaultRoute } from './foreign-network.ts'
import { leaseRange } from './lease-range.ts'
import { lostParts } from './lost-parts.ts'
import { networkWish } from './network-wish.ts'

/** The networks of nerdctl's conf lists, in order. Conf lists of other programs are passed over; a file that cannot be used is refused. */
export function readNerdctlNetworks(files: readonly ConfFileText[]): readonly ForeignNetwork[] {
  return readConfLists(files, {
    makes: (origin) => origin === 'own' || origin === 'nerdctl',
    otherwise: 'nerdctl did not make it',
    read: readNetwork,
  })
}

/** Which conf lists a program has made, and what they say. */
interface ConfListReader {
  readonly makes: (origin: NetworkOrigin) => boolean
  /** Why those of other programs are passed over. */
  readonly otherwise: string
  /** Throws CniError for a network that cannot be. */
  readonly read: (network: Network) => Pick<ForeignNetwork & { kind: 'wanted' }, 'options' | 'lost'>
}

/** The networks of the conf lists that a program has made, in order; all others are passed over, or refused where they cannot be used. */
export function readConfLists(
  files: readonly ConfFileText[],
  reader: ConfListReader,
): readonly ForeignNetwork[] {
  return files.map((each) => {
    const { networks, faults } = networksFromFiles([each])
    const [network] = networks
    const { file } = each
    const error = faults[0] ?? confError('it is no network')
    return network === undefined
      ? { kind: 'refused', name: file, source: file, error }
      : readWith(network, reader)
  })
}

function readWith(network: Network, { makes, otherwise, read }: ConfListReader): ForeignNetwork {
  const { name, file: source } = network
  if (!makes(networkOrigin(network))) return { kind: 'passed', name, source, why: otherwise }
  return orRefused({ name, source }, () => ({ kind: 'wanted', name, source, ...read(network) }))
}

/** The options and lost parts of a conf list. Throws CniError 7 for what no driver here makes, or beyond 64 subnets. */
export function readNetwork(network: Network): ReturnType<ConfListReader['read']> {
  const { length } = networkSubnets(network)
  if (length > 64) throw confError(`it has ${length} subnets: 64 are read`)
  const wish = networkWish(network)
  if (wish === undefined) throw confError('its first plugin is no bridge, macvlan or ipvlan')
  if (!wish.internal && !hasDefaultRoute(network)) throw withoutDefaultRoute()
  const options = withLeaseRanges(network, wish)
  return { options, lost: lostParts(network, options) }
}

// The options with ranges that a conf list has by first and last address alone. Throws CniError 7 for one that is not a prefix.
function withLeaseRanges(network: Network, wish: NetworkOptions): NetworkOptions {
  // Ours go around reserved addresses, by several ranges of one set.
  if (network.labels[auxLabel] !== undefined) return wish
  const [ipam = null] = ipamConfs(network)
  const found = [ipam, ...goItems(ipam, 'ranges').flatMap(elements)].flatMap(rangeOf)
  return found.length === 0 ? wish : { ...wish, ipRanges: [...wish.ipRanges, ...found] }
}

function rangeOf(range: Json): readonly string[] {
  const text = (key: string) => textField(range, key) ?? ''
  if (text('ipRange') !== '') return []
  const bounds = { start: text('rangeStart'), end: text('rangeEnd') }
  return [leaseRange(text('subnet'), bounds) ?? []].flat()
}
