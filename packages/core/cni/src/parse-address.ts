import { type Address, formatPrefix, type Prefix, readAddress, readCidr } from '@vethra/address'
import { usageError } from './cni-error.ts'

/** The address that a text spells. Throws CniError 103 naming `what` and the text when it spells none. */
export function parseAddress(what: string, text: string): Address {
  const address = readAddress(text)
  if (address) return address
  throw usageError(
    `invalid ${what} ${JSON.stringify(text.slice(0, 64))}: not an IP address`,
    'Write an address like 10.4.0.2 or fd00::2: no leading zeros, brackets, zone or prefix length.',
  )
}

/** The prefix in a text. Throws CniError 103 naming `what` when there is none, or it has host bits: `10.5.0.1/16`. */
export function parsePrefix(what: string, text: string): Prefix {
  const cidr = readCidr(text)
  const quoted = JSON.stringify(text.slice(0, 64))
  if (!cidr) {
    throw usageError(
      `invalid ${what} ${quoted}: not an address with a prefix length`,
      'Write a subnet like 10.4.1.0/24 or fd00:1::/64.',
    )
  }
  if (cidr.address.value === cidr.prefix.base) return cidr.prefix
  throw usageError(`unexpected ${what} ${quoted}, maybe you meant "${formatPrefix(cidr.prefix)}"?`)
}
