import {
  type Address,
  addAddress,
  addressBits,
  type Cidr,
  compareAddresses,
  contains,
  firstAddress,
  formatAddress,
  lastAddress,
  type Prefix,
  readAddress,
  readCidr,
} from '@vethra/address'
import { type CniError, confError } from '@vethra/cni'

/** Consecutive addresses of one subnet that containers may get. */
export interface Range {
  readonly subnet: Prefix
  /** The first and the last address to give; both inside `subnet`. */
  readonly start: Address
  readonly end: Address
  /** Never given out of this range. May lie outside the subnet, even in the other family. */
  readonly gateway: Address
}

/** A range as written in a conf (host-local; the keys are its own). */
export interface RangeConf {
  /** Without host bits: `10.4.0.0/24`. */
  readonly subnet?: string
  /** Default: the address after the network's. */
  readonly rangeStart?: string
  /** Default: the last address, in IPv4 the one before it. */
  readonly rangeEnd?: string
  /** Default: the address after the network's. */
  readonly gateway?: string
}

/** A range with its defaults. Throws CniError 7 with host-local's text for its first fault (backend/allocator/range.go, Canonicalize). */
export function readRange(conf: RangeConf): Range {
  const subnet = checkSubnet(conf.subnet)
  const second = addAddress(firstAddress(subnet.prefix), 1n) ?? subnet.address
  const gateway = conf.gateway ? ip(conf.gateway) : second
  const bounds = { start: second, end: lastToGive(subnet) }
  const end = conf.rangeEnd ? ip(conf.rangeEnd) : undefined
  if (conf.rangeStart) {
    const start = ip(conf.rangeStart)
    const outside = !contains(subnet.prefix, start) || (end && compareAddresses(start, end) > 0)
    if (outside) throw notIn('RangeStart', start, subnet)
    bounds.start = start
    // The broadcast address, asked for as the start, lies behind the default end: host-local walks out of the subnet there.
    if (compareAddresses(start, bounds.end) > 0) bounds.end = start
  }
  if (end) {
    const outside = !contains(subnet.prefix, end) || compareAddresses(end, bounds.start) < 0
    if (outside) throw notIn('RangeEnd', end, subnet)
    bounds.end = end
  }
  return { subnet: subnet.prefix, gateway, ...bounds }
}

function checkSubnet(text: string | undefined): Cidr {
  if (text === undefined) throw confError('IP <nil> not v4 nor v6')
  const cidr = readCidr(text)
  if (!cidr) throw confError(`invalid CIDR address: ${text}`)
  const { address, prefix } = cidr
  if (prefix.length > addressBits(prefix.family) - 2)
    throw confError(`Network ${formatCidr(cidr)} too small to allocate from`)
  if (prefix.family === 6 && address.value >> 32n === 0xffffn)
    throw confError('IPNet IP and Mask version mismatch')
  if (address.value !== prefix.base) {
    const network = formatAddress(firstAddress(prefix))
    throw confError(
      `Network has host bits set. For a subnet mask of length ${prefix.length} the network address is ${network}`,
    )
  }
  return cidr
}

// IPv6 has no broadcast address, so its last one can be given.
function lastToGive(subnet: Cidr): Address {
  const last = lastAddress(subnet.prefix)
  return last.family === 4 ? { family: 4, value: last.value - 1n } : last
}

function ip(text: string): Address {
  const address = readAddress(text)
  if (!address) throw confError(`invalid IP address: ${text}`)
  return address
}

function notIn(what: string, address: Address, subnet: Cidr): CniError {
  return confError(`${what} ${formatAddress(address)} not in network ${formatCidr(subnet)}`)
}

function formatCidr({ address, prefix }: Cidr): string {
  return `${formatAddress(address)}/${prefix.length}`
}
