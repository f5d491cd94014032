import {
  type Address,
  addAddress,
  contains,
  firstAddress,
  formatAddress,
  readAddress,
  readCidr,
} from '@vethra/address'
import { goField, goItems, type Json, jsonOrNull } from '@vethra/cni'
import { confOf, networkSubnets } from './anatomy.ts'
import type { Network } from './network.ts'

/** The addresses of a network's bridge where DNS is answered, in the order of its subnets; none by label, without bridge, or not ours. */
export function dnsAddresses(network: Network): readonly string[] {
  return [...new Set(placesIn(network).map(({ address }) => formatAddress(address)))]
}

/** The addresses of an internal network's bridge while a resolver answers there, `10.4.0.1/24`, by subnet. Empty for other networks. */
export function lentAddresses(network: Network): readonly string[] {
  if (!isInternal(network)) return []
  const texts = placesIn(network).map(
    ({ address, length }) => `${formatAddress(address)}/${length}`,
  )
  return [...new Set(texts)]
}

interface DnsPlace {
  readonly address: Address
  readonly length: number
}

function placesIn(network: Network): readonly DnsPlace[] {
  const bridge = confOf(network, 'bridge')
  if (!network.managed || network.labels[dnsLabel] === 'false' || !bridge) return []
  const isLent = isInternal(network)
  // A bridge that leads out by another router is not for us to give an address.
  if (isLent && leadsOut(bridge)) return []
  return networkSubnets(network).flatMap(({ subnet, gateway = '' }): readonly DnsPlace[] => {
    const prefix = readCidr(subnet)?.prefix
    const address =
      gateway === '' ? prefix && addAddress(firstAddress(prefix), 1n) : readAddress(gateway)
    if (!prefix || !address || (isLent && !contains(prefix, address))) return []
    return [{ address, length: prefix.length }]
  })
}

function leadsOut(bridge: Json): boolean {
  return goField(bridge, 'ipMasq') === true || goItems(goField(bridge, 'ipam'), 'routes').length > 0
}

/** Whether a network leads nowhere but to its own containers: its bridge is no gateway, or its interfaces get no route. */
export function isInternal(network: Network): boolean {
  const [first] = network.list.plugins
  const conf = jsonOrNull(first?.text ?? '')
  const ipam = goField(conf, 'ipam')
  if (first?.type !== 'bridge')
    return goField(ipam, 'type') === 'host-local' && goItems(ipam, 'routes').length === 0
  return goField(conf, 'isGateway') !== true && goField(conf, 'isDefaultGateway') !== true
}

/** The label that says whether containers of a network are answered by DNS: `true` or `false`. Without it they are. */
export const dnsLabel = 'vethra.dns'
