import {
  type Address,
  addressBits,
  compareAddresses,
  contains,
  firstAddress,
  formatAddress,
  lastAddress,
  type Prefix,
  readAddress,
  readCidr,
} from '@vethra/address'
import { CniError, inUseError, isObject, type Json, notFoundError, usageError } from '@vethra/cni'
import { formatRange, type Range, rangeOf, rangeSets } from '@vethra/ipam'
import { ipamConfs, networkSubnets, usedPrefixes } from './anatomy.ts'
import type { Network } from './network.ts'
import { isStatic } from './wanted-addresses.ts'

/** The wishes of a container in one network; the form of addresses has been checked. */
export interface Wishes {
  readonly ip?: string
  readonly ip6?: string
  readonly macAddress?: string
}

/** Throws CniError 101 for a wish outside of all subnets, 102 for gateways and excluded addresses, 103 for a MAC where parents' count. */
export function checkWishes(network: Network, wishes: Wishes): void {
  const { ip, ip6, macAddress } = wishes
  const type = network.list.plugins[0]?.type ?? ''
  if (macAddress !== undefined && type === 'ipvlan') {
    throw usageError(
      `network type "${type}" is not supported for network mapping "${network.name}", must be one of: [bridge macvlan]`,
      'Leave the hardware address out: interfaces of an ipvlan have that of their parent.',
    )
  }
  if (isStatic(network)) checkBrought(network, wishes)
  for (const address of [ip, ip6]) if (address !== undefined) checkAddress(network, address)
}

// Where the conf list has addresses itself, they are those of every container. A default route of a family
// of which the container has no address could not be set.
function checkBrought(network: Network, { ip, ip6 }: Wishes): void {
  const subnets = networkSubnets(network).map(({ subnet }) => subnet)
  if (usedPrefixes([network]).length > subnets.length) return
  if (subnets.length === 0) {
    throw brought(
      network,
      'has no subnet, which addresses of containers need',
      'Make the network with --subnet.',
    )
  }
  const isSix = (subnet: string) => subnet.includes(':')
  if (ip6 === undefined && subnets.some(isSix))
    throw brought(network, 'gives no IPv6 address by itself', 'Give the container one with --ip6.')
  if (ip === undefined && !subnets.every(isSix))
    throw brought(network, 'gives no IPv4 address by itself', 'Give the container one with --ip.')
}

function brought({ name }: Network, why: string, hint: string): CniError {
  return notFoundError(`network ${name} ${why}: its ipam driver is static`, hint)
}

function checkAddress(network: Network, text: string): void {
  const address = readAddress(text)
  const subnets = networkSubnets(network).map(({ subnet }) => subnet)
  if (!address || subnets.length === 0) return
  const prefixes = subnets.flatMap((each) => readCidr(each)?.prefix ?? [])
  const subnet = prefixes.find((prefix) => contains(prefix, address))
  if (subnet) {
    checkFree(network, subnet, address)
    return
  }
  throw notFoundError(
    `address ${text} is in no subnet of network ${network.name}: ${subnets.join(', ')}`,
    'Give an address of the network, or leave it out.',
  )
}

function checkFree(network: Network, subnet: Prefix, address: Address): void {
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
