import {
  type Address,
  contains,
  firstAddress,
  formatAddress,
  type Prefix,
  readAddress,
  readCidr,
} from '@vethra/address'
import { type CniError, usageError } from '@vethra/cni'
import { type AuxAddress, readAuxAddresses } from './aux-addresses.ts'
import type { NetworkOptions } from './options.ts'

/** A prefix to give addresses out of. */
interface IpRange {
  readonly text: string
  readonly prefix: Prefix
}

/** One subnet with what the user gave for it. */
export interface SubnetShare {
  readonly subnet: Prefix
  readonly gateway?: Address | undefined
  readonly ipRange?: IpRange | undefined
  readonly aux: readonly AuxAddress[]
}

/** Gives each gateway, ip-range and aux address to its subnet, one of the first two each. Throws CniError 103 for the first left over. */
export function shareOut(
  subnets: readonly Prefix[],
  options: NetworkOptions,
): { readonly shares: readonly SubnetShare[]; readonly notes: readonly string[] } {
  const gateways = assign(subnets, options.gateways.map(readGateway), (each) => each.address)
  const ipRanges = assign(subnets, options.ipRanges.map(readIpRange), (each) =>
    firstAddress(each.prefix),
  )
  const { aux, dropped } = readAuxAddresses(options.auxAddresses)
  const strays = aux.filter(({ address }) => !subnets.some((each) => contains(each, address)))
  const [stray] = strays.map(({ address }) => formatAddress(address)).sort()
  if (gateways.left) throw leftOver(`gateway "${gateways.left.text}"`)
  if (ipRanges.left) throw leftOver(`ip-range "${ipRanges.left.text}"`)
  if (stray) throw leftOver(`aux-address ${stray}`)
  return {
    shares: subnets.map((subnet) => ({
      subnet,
      gateway: gateways.bySubnet.get(subnet)?.address,
      ipRange: ipRanges.bySubnet.get(subnet),
      aux: aux.filter(({ address }) => contains(subnet, address)),
    })),
    notes: dropped.map((text) => `aux-address "${text}" is left out: it is not NAME=IP`),
  }
}

function leftOver(what: string): CniError {
  return usageError(
    `no matching subnet for ${what}`,
    'Give a --subnet that holds it: each takes one gateway and one ip-range.',
  )
}

function assign<T>(
  subnets: readonly Prefix[],
  items: readonly T[],
  addressOf: (item: T) => Address,
): { readonly bySubnet: ReadonlyMap<Prefix, T>; readonly left: T | undefined } {
  const bySubnet = new Map<Prefix, T>()
  let left: T | undefined
  for (const item of items) {
    const subnet = subnets.find((each) => contains(each, addressOf(item)))
    if (subnet && !bySubnet.has(subnet)) bySubnet.set(subnet, item)
    else left ??= item
  }
  return { bySubnet, left }
}

/** A gateway, as typed and as an address. Throws CniError 103 for a text that is none. */
export function readGateway(text: string): { readonly text: string; readonly address: Address } {
  const address = readAddress(text)
  if (!address)
    throw usageError(`failed to parse gateway "${text}"`, 'Write it like 10.20.0.1 or fd00:20::1.')
  return { text, address }
}

function readIpRange(text: string): IpRange {
  const cidr = readCidr(text)
  if (!cidr) throw usageError(`failed to parse ip-range "${text}"`, 'Write it like 10.20.0.128/25.')
  return { text, prefix: cidr.prefix }
}
