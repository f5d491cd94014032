import {
  type Address,
  addressBits,
  compareAddresses,
  firstAddress,
  formatAddress,
  lastAddress,
  type Prefix,
  readAddress,
} from '@vethra/address'
import { CniError, inUseError, isObject, type Json } from '@vethra/cni'
import { formatRange, type Range, rangeOf, rangeSets } from '@vethra/ipam'
import { ipamConfs, networkSubnets } from './anatomy.ts'
import type { Network } from './network.ts'

/** Throws CniError 102 for an address that no container can have: gateway, network, broadcast, or kept out of the ranges. */
export function checkFree(network: Network, subnet: Prefix, address: Address): void {
  const why = gatewayAt(network, address) ?? endOf(subnet, address) ?? outside(network, address)
  if (why === undefined) return
  throw inUseError(
    `address ${formatAddress(address)} is ${why} of network ${network.name}`,
    'Give another address of the network, or leave it out.',
  )
}

function gatewayAt(network: Network, address: Address): string | undefined {
  const gateways = networkSubnets(network).flatMap(({ gateway }) =>
    gateway === undefined ? [] : (readAddress(gateway) ?? []),
  )
  const all = [...gateways, ...rangesOf(network).map(({ gateway }) => gateway)]
  return all.some((each) => compareAddresses(each, address) === 0) ? 'the gateway' : undefined
}

function endOf(subnet: Prefix, address: Address): string | undefined {
  if (addressBits(subnet.family) - subnet.length < 2) return undefined
  if (compareAddresses(firstAddress(subnet), address) === 0) return 'the network address'
  const isLast = subnet.family === 4 && compareAddresses(lastAddress(subnet), address) === 0
  return isLast ? 'the broadcast address' : undefined
}

function outside(network: Network, address: Address): string | undefined {
  const ranges = rangesOf(network)
  if (ranges.length === 0 || rangeOf(ranges, address)) return undefined
  const own = ranges.filter(({ subnet }) => subnet.family === address.family).map(formatRange)
  return `outside the ranges ${own.slice(0, 4).join(', ')}`
}

function rangesOf(network: Network): readonly Range[] {
  return ipamConfs(network).flatMap((ipam) => hostLocalRanges(ipam))
}

// What host-local refuses is told when a container is attached: the conf list may be mended until then.
function hostLocalRanges(ipam: Json): readonly Range[] {
  if (!isObject(ipam) || ipam['type'] !== 'host-local') return []
  try {
    return rangeSets(ipam as Parameters<typeof rangeSets>[0]).flat()
  } catch (error) {
    if (error instanceof CniError || error instanceof TypeError) return []
    throw error
  }
}
