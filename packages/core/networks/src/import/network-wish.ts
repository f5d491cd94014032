import { goField, goItems, type Json, present } from '@vethra/cni'
import { ipamConfs, networkSubnets } from '../anatomy.ts'
import { networkConfList } from '../conf-list.ts'
import { hasIpv6, isInternalBridge, networkDriver, networkOptions } from '../driver-facts.ts'
import { visibleLabels } from '../find.ts'
import { type Network, networksFromFiles } from '../network.ts'
import { type Driver, isDriver, type NetworkOptions } from '../options.ts'
import { pairTexts } from '../pairs.ts'
import { textField } from '../read-json.ts'
import { hasFamily } from './fields.ts'

/** The options of `network create` that make a network as its conf list has it; undefined when its first plugin is none of the drivers. */
export function networkWish(network: Network): NetworkOptions | undefined {
  const driver = networkDriver(network)
  if (!isDriver(driver)) return undefined
  const [ipam = null] = ipamConfs(network)
  const subnets = networkSubnets(network)
  const texts = subnets.map(({ subnet }) => subnet)
  const type = textField(ipam, 'type') ?? 'host-local'
  return {
    ...{ name: network.name, driver, subnets: texts },
    ipv4: texts.length === 0 || hasFamily(texts, 4),
    ipv6: hasIpv6(network),
    gateways: subnets.flatMap(({ gateway }) => gateway ?? []),
    ipRanges: subnets.flatMap(({ ipRange }) => ipRange ?? []),
    auxAddresses: subnets.flatMap(({ auxAddresses }) => pairTexts(auxAddresses)),
    internal: leadsNowhere(network, driver, ipam),
    ipamDriver: type === 'host-local' ? 'default' : type,
    ipamOptions: dhcpOptions(ipam),
    options: networkOptions(network),
    labels: visibleLabels(network),
  }
}

/** The network that these options make, on the bridge that is named; undefined where it cannot be read back. Throws CniError 103. */
export function madeNetwork(options: NetworkOptions, bridge?: string): Network | undefined {
  const isolation = { supported: true, why: '' }
  const facts = { used: [], pools: [], isolation, ...present({ bridge }) }
  const { text } = networkConfList(options, facts)
  return networksFromFiles([{ file: 'new', text }]).networks[0]
}

function leadsNowhere(network: Network, driver: Driver, ipam: Json): boolean {
  if (driver === 'bridge') return isInternalBridge(network)
  return textField(ipam, 'type') !== 'dhcp' && goItems(ipam, 'routes').length === 0
}

// The host's name is sent to the server anyway.
function dhcpOptions(ipam: Json): Readonly<Record<string, string>> {
  if (textField(ipam, 'type') !== 'dhcp') return {}
  const provided = goItems(ipam, 'provide')
    .filter((each) => textField(each, 'option') !== 'host-name')
    .map((each) => dhcpOption(each, 'provide', ['value', 'fromArg']))
  const requested = goItems(ipam, 'request').map((each) =>
    dhcpOption(each, 'request', ['skipDefault']),
  )
  return Object.fromEntries([...provided, ...requested])
}

function dhcpOption(
  value: Json,
  type: 'provide' | 'request',
  keys: readonly string[],
): readonly [string, string] {
  const rest = keys.flatMap((key) => {
    const each = goField(value, key)
    return each === undefined ? [] : [[key, each] as const]
  })
  const option = JSON.stringify({ type, ...Object.fromEntries(rest) })
  return [textField(value, 'option') ?? '', option]
}
