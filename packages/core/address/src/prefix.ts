import {
  type Address,
  addressBits,
  type Family,
  formatAddress,
  isCanonical,
  readAddress,
  readLiteral,
} from './address.ts'

/** Every address that shares its first `length` bits with `base`; the other bits of `base` are 0. */
export interface Prefix {
  readonly family: Family
  readonly base: bigint
  /** 0–32 or 0–128. */
  readonly length: number
}

/** An address and the prefix that it lies in: `10.4.0.1/24`. */
export interface Cidr {
  readonly address: Address
  readonly prefix: Prefix
}

/** The address and prefix in a text, host bits allowed; else `undefined`. Strict as readAddress; `::ffff:10.0.0.0/120` stays IPv6. */
export function readCidr(text: string): Cidr | undefined {
  const [, host = '', digits = ''] = /^([^/]{1,64})\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const address = readLiteral(host)
  const length = Number(digits)
  if (!address || length > addressBits(address.family)) return undefined
  return { address, prefix: prefixAt(address, length) }
}

/** The prefix of this length that an address lies in. */
export function prefixAt(address: Address, length: number): Prefix {
  const hostBits = BigInt(addressBits(address.family) - length)
  return { family: address.family, base: (address.value >> hostBits) << hostBits, length }
}

/** A prefix as text: `10.4.0.0/24`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(firstAddress(prefix))}/${prefix.length}`
}

/** The lowest address: the network's own in IPv4. */
export function firstAddress(prefix: Prefix): Address {
  return { family: prefix.family, value: prefix.base }
}

/** The highest address: the broadcast address in IPv4, up to /30. */
export function lastAddress(prefix: Prefix): Address {
  const hostBits = BigInt(addressBits(prefix.family) - prefix.length)
  return { family: prefix.family, value: prefix.base + (1n << hostBits) - 1n }
}

/** Whether an address lies in a prefix. Never across families. */
export function contains(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && prefixAt(address, prefix.length).base === prefix.base
}

/** Whether an address is in a subnet, both as text: `10.4.0.0/24`. False where either is none. */
export function isIn(subnet: string, address: string): boolean {
  // Firewalls have thousands of them: a single address of IPv4 has one spelling.
  if (subnet.endsWith('/32') && !subnet.includes(':') && !address.includes(':'))
    return (
      subnet.length === address.length + 3 && subnet.startsWith(address) && isCanonical(address)
    )
  const [within, one] = [readCidr(subnet), readAddress(address)]
  return within !== undefined && one !== undefined && contains(within.prefix, one)
}

/** Whether two prefixes share an address: one of them then holds the other. Never across families. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return contains(a, firstAddress(b)) || contains(b, firstAddress(a))
}

/** Whether two subnets share an address, both as text: `10.4.0.0/24`. False where either is none. */
export function areOverlapping(one: string, other: string): boolean {
  const [first, second] = [readCidr(one)?.prefix, readCidr(other)?.prefix]
  return first !== undefined && second !== undefined && overlaps(first, second)
}
