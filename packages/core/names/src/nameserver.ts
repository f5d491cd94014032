import { isLocal, readAddress, readLiteral } from '@vethra/address'

interface NameserverKind {
  readonly family: 4 | 6
  /** Whether it is the machine itself: a loopback address, or the unspecified one, which resolvers take for it. */
  readonly local: boolean
  /** Whether it is bound to one link by a zone, as in `fe80::1%eth0`. */
  readonly zoned: boolean
}

/** The kind of an address as resolv.conf(5) takes it; undefined when the text is none. Names are refused, and so are short forms such as `127.1`. */
export function nameserverKind(text: string): NameserverKind | undefined {
  const { address: bare, zoned } = split(text)
  const [literal, address] = [readLiteral(bare), readAddress(bare)]
  if (literal === undefined || address === undefined) return undefined
  if (zoned && literal.family === 4) return undefined
  return { family: literal.family, local: isLocal(address), zoned }
}

// An interface name has at most 15 octets.
function split(text: string): { address: string; zoned: boolean } {
  const match = /^([^%]*)%[A-Za-z0-9._-]{1,15}$/.exec(text)
  if (match) return { address: match[1] ?? '', zoned: true }
  return { address: text.includes('%') ? '' : text, zoned: false }
}
