import { formatAddress, formatPrefix, readCidr } from '@vethra/address'
import { parsePrefix, usageError } from '@vethra/cni'
import { chooseSubnet, overlapWith } from './choose-subnet.ts'
import { networkConfList } from './conf-list.ts'
import { bridgeName, defaultNetworkLabel, defaultNetworkName } from './identity.ts'
import type { NetworkFacts, NetworkOptions, NewConfList } from './options.ts'

const usualSubnet = '10.4.0.0/24'

/** The default network's conf list, nerdctl's bytes: 10.4.0.0/24, a free one, or `bridgeIp`'s. Throws CniError 102 and 103 for that. */
export function defaultNetwork(facts: NetworkFacts, bridgeIp?: string): NewConfList {
  return bridgeIp === undefined ? usual(facts) : fixed(facts, bridgeIp)
}

function usual(facts: NetworkFacts): NewConfList {
  // nerdctl0 may be left from before; it is taken over.
  const used = facts.used.filter(({ device }) => device !== bridgeName(defaultNetworkName))
  const other = overlapWith(parsePrefix('subnet', usualSubnet), used)
  if (!other) return networkConfList(optionsFor([usualSubnet]), facts)
  const subnet = chooseSubnet(used, facts.pools)
  const { text, notes } = networkConfList(optionsFor([subnet]), facts)
  const why = `${usualSubnet} overlaps ${other.prefix} of ${other.by}`
  return { text, notes: [`network ${defaultNetworkName} has subnet ${subnet}: ${why}`, ...notes] }
}

function fixed(facts: NetworkFacts, bridgeIp: string): NewConfList {
  const cidr = readCidr(bridgeIp)
  if (cidr?.prefix.family !== 4) {
    throw usageError(
      `invalid bridge ip ${bridgeIp}: it is not an IPv4 address with a prefix length`,
      'Give one like 10.4.0.1/24.',
    )
  }
  const subnets = [formatPrefix(cidr.prefix)]
  return networkConfList(optionsFor(subnets, [formatAddress(cidr.address)]), facts)
}

function optionsFor(subnets: readonly string[], gateways: readonly string[] = []): NetworkOptions {
  return {
    name: defaultNetworkName,
    driver: 'bridge',
    subnets,
    ipv4: true,
    ipv6: false,
    gateways,
    ipRanges: [],
    auxAddresses: [],
    internal: false,
    ipamDriver: 'default',
    ipamOptions: {},
    options: {},
    labels: { [defaultNetworkLabel]: 'true' },
  }
}
