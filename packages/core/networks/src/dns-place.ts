import {
  type Address,
  addAddress,
  firstAddress,
  formatAddress,
  readAddress,
  readCidr,
} from '@vethra/address'
import { goField, jsonOrNull } from '@vethra/cni'
import { networkSubnets } from './anatomy.ts'
import { dnsLabel } from './dns-label.ts'
import type { Network } from './network.ts'
import { listField } from './read-json.ts'

/**
 * The addresses of a network's bridge where DNS is answered, in the order of its subnets. Empty where its label says no,
 * its bridge has no address, or it is not ours.
 */
export function dnsAddresses(network: Network): readonly string[] {
  const bridge = network.list.plugins.find(({ type }) => type === 'bridge')
  if (!network.managed || network.labels[dnsLabel] === 'false' || !bridge) return []
  if (isInternal(network)) return []
  const addresses = networkSubnets(network).flatMap(({ subnet, gateway }) =>
    gateway === undefined ? firstHost(subnet) : (readAddress(gateway) ?? []),
  )
  return [...new Set(addresses.map(formatAddress))]
}

/** Whether a network leads nowhere but to its own containers: its bridge is no gateway, or its interfaces get no route. */
export function isInternal(network: Network): boolean {
  const [first] = network.list.plugins
  const conf = jsonOrNull(first?.text ?? '')
  const ipam = goField(conf, 'ipam')
  if (first?.type !== 'bridge') {
    return goField(ipam, 'type') === 'host-local' && listField(ipam, 'routes').length === 0
  }
  return goField(conf, 'isGateway') !== true && goField(conf, 'isDefaultGateway') !== true
}

function firstHost(subnet: string): readonly Address[] {
  const prefix = readCidr(subnet)?.prefix
  const first = prefix && addAddress(firstAddress(prefix), 1n)
  return first === undefined ? [] : [first]
}
