import { addressBits, formatAddress, isLocal, readAddress } from '@vethra/address'

/** An address as hosts files have it. */
interface HostAddress {
  /** Canonical: RFC 5952, and an IPv4-mapped one as IPv4, as Go prints it. */
  readonly text: string
  /** Sorts as the numbers do, IPv4 before IPv6. */
  readonly order: string
  /** Whether it can be another machine's: neither loopback nor unspecified. */
  readonly remote: boolean
}

/** Reads an IP address, without zone, brackets or leading zeros (Go's net.ParseIP); undefined when the text is none. */
export function hostAddress(text: string): HostAddress | undefined {
  const address = readAddress(text)
  if (address === undefined) return undefined
  const digits = addressBits(address.family) / 4
  const order = `${address.family}${address.value.toString(16).padStart(digits, '0')}`
  return { text: formatAddress(address), order, remote: !isLocal(address) }
}
