import type { Network } from '../network.ts'
import type { NetworkOptions } from '../options.ts'
import { pairTexts } from '../pairs.ts'
import { hasFamily } from './fields.ts'
import { madeNetwork, networkWish } from './network-wish.ts'

/** The parts in which a network differs from these options, `PART: VALUE there, VALUE wanted`; open ones equal any. Throws CniError 103. */
export function networkDifferences(network: Network, wanted: NetworkOptions): readonly string[] {
  const there = network.managed ? networkWish(network) : undefined
  if (there === undefined) return [`file: ${network.file}, which other programs made`]
  const made = madeNetwork(wanted)
  const here = (made && networkWish(made)) ?? wanted
  const left = parts(there, wanted)
  const right = parts(here, wanted)
  return Object.entries(right)
    .filter(([part, value]) => left[part] !== value)
    .map(([part, value]) => `${part}: ${left[part] || 'none'} there, ${value || 'none'} wanted`)
}

function parts(options: NetworkOptions, wanted: NetworkOptions): Readonly<Record<string, string>> {
  const given = (text: string) => hasFamily(wanted.subnets, text.includes(':') ? 6 : 4)
  const list = (texts: readonly string[]) => texts.filter(given).toSorted().join(' ')
  const { mtu, ...others } = options.options
  return {
    driver: options.driver,
    subnets: list(options.subnets),
    gateways: list(options.gateways),
    'ip-ranges': list(options.ipRanges),
    'aux-addresses': list(options.auxAddresses),
    ipv4: String(options.ipv4),
    ipv6: String(options.ipv6),
    internal: String(options.internal),
    'ipam-driver': options.ipamDriver,
    'ipam-opts': pairs(options.ipamOptions),
    options: pairs(
      wanted.options['mtu'] === undefined || mtu === undefined ? others : { ...others, mtu },
    ),
    labels: pairs(options.labels),
  }
}

function pairs(record: Readonly<Record<string, string>>): string {
  return pairTexts(record).toSorted().join(' ')
}
