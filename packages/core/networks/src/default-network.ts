import { formatAddress, formatPrefix, readCidr } from '@vethra/address'
import { parsePrefix, usageError } from '@vethra/cni'
import { chooseSubnet, overlapWith } from './choose-subnet.ts'
import { networkConfList } from './conf-list.ts'
import { bridgeName, defaultNetworkLabel, defaultNetworkName } from './identity.ts'
import type { NetworkFacts, NetworkOptions, NewConfList } from './options.ts'

const usualSubnet = '10.4.0.0/24'

/**
 * The conf list of the default network, named `bridge`: nerdctl's bytes. Its subnet is 10.4.0.0/24, or, when
 * that overlaps something used, one that is chosen, which the notes say. `bridgeIp`, like `10.9.0.1/16`, fixes
 * subnet and gateway instead: CniError 102 when it overlaps, 103 when it is no IPv4 address with a length.
 */
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
      `invalid bridge ip ${bridgeIp}: it is no IPv4 address with a prefix length`,
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
