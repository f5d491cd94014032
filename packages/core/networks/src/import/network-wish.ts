import { goField, goItems, type Json } from '@vethra/cni'
import { ipamConfs, networkSubnets } from '../anatomy.ts'
import { hasIpv6, isInternalBridge, networkDriver, networkOptions } from '../driver-facts.ts'
import { visibleLabels } from '../find.ts'
import type { Network } from '../network.ts'
import { type Driver, isDriver, type NetworkOptions } from '../options.ts'
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
    auxAddresses: subnets.flatMap(({ auxAddresses }) =>
      Object.entries(auxAddresses).map(([key, ip]) => `${key}=${ip}`),
    ),
    internal: leadsNowhere(network, driver, ipam),
    ipamDriver: type === 'host-local' ? 'default' : type,
    ipamOptions: dhcpOptions(ipam),
    options: networkOptions(network),
    labels: visibleLabels(network),
  }
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
