import ipaddr from 'ipaddr.js'

/** What kind of address a nameserver has. */
export interface NameserverKind {
  readonly family: 4 | 6
  /** Whether it is the machine itself: a loopback address, or the unspecified one, which resolvers take for it. */
  readonly local: boolean
  /** Whether it is bound to one link by a zone, as in `fe80::1%eth0`. */
  readonly zoned: boolean
}

/** The kind of an address as resolv.conf(5) takes it; undefined when the text is none. Names are refused, and so are short forms such as `127.1`. */
export function nameserverKind(text: string): NameserverKind | undefined {
  const { address, zoned } = split(text)
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return zoned ? undefined : { family: 4, local: isLocal(ipaddr.IPv4.parse(address)), zoned }
  }
  if (!ipaddr.IPv6.isValid(address)) return undefined
  const parsed = ipaddr.IPv6.parse(address)
  const local = isLocal(parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed)
  return { family: 6, local, zoned }
}

// An interface name has at most 15 octets; ipaddr.js would take any text for a zone.
function split(text: string): { address: string; zoned: boolean } {
  const match = /^([^%]*)%[A-Za-z0-9._-]{1,15}$/.exec(text)
  if (match) return { address: match[1] ?? '', zoned: true }
  return { address: text.includes('%') ? '' : text, zoned: false }
}

function isLocal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const range = address.range()
  return range === 'loopback' || range === 'unspecified'
}
