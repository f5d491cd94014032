import { attribute, nested } from './attributes.ts'
import type { Message } from './messages.ts'
import { bareText, join, nulText, type Octets, u16, u32 } from './octets.ts'
import type { LinkAttributes, LinkRef } from './route-op.ts'

/** Types of messages about links (linux/rtnetlink.h). */
export const rtm = { newLink: 16, deleteLink: 17, getLink: 18, setLink: 19 } as const

/** Attributes of a link: IFLA_*, linux/if_link.h. */
export const ifla = {
  address: 1,
  name: 3,
  mtu: 4,
  lower: 5,
  master: 10,
  transmitQueueLength: 13,
  linkInfo: 18,
  alias: 20,
  afSpec: 26,
  fd: 28,
  mask: 29,
} as const

/** `struct ifinfomsg`: flags, and which of them a message sets. Index 0, the default, is no interface in particular. */
export function linkHeader(index = 0, flags = 0, change = 0): Octets {
  return join([u16(0), u16(0), u32(index), u32(flags), u32(change)])
}

/** The head of a message about one link, and which of the link's flags it sets. */
interface LinkMessageHead {
  readonly type: number
  readonly flags: number
  readonly up?: readonly [flags: number, change: number]
}

/** A message about one link. */
export function linkMessage(
  { type, flags, up = [0, 0] }: LinkMessageHead,
  link: LinkRef,
  attributes: readonly Octets[],
): Message {
  const head = 'index' in link ? linkHeader(link.index, ...up) : linkHeader(0, ...up)
  const name = 'name' in link ? [attribute(ifla.name, nulText(link.name))] : []
  return { type, flags, body: join([head, ...name, ...attributes]) }
}

/** The given ones of these, encoded, in the order MAC, MTU, alias. Throws RangeError for a text that is no MAC. */
export function commonAttributes({ mac, mtu, alias }: LinkAttributes): readonly Octets[] {
  return [
    ...(mac === undefined ? [] : [attribute(ifla.address, macOctets(mac))]),
    ...(mtu === undefined ? [] : [attribute(ifla.mtu, u32(mtu))]),
    ...(alias === undefined ? [] : [attribute(ifla.alias, bareText(alias))]),
  ]
}

/** The kind of a link, and what only that kind has. */
export function linkInfo(kind: string, data: readonly Octets[]): Octets {
  const inside = data.length === 0 ? [] : [nested(2, data)]
  return nested(ifla.linkInfo, [attribute(1, nulText(kind)), ...inside])
}

/** The octets of a MAC. Throws RangeError for a text that is none. */
export function macOctets(mac: string): Octets {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) throw new RangeError(`not a MAC: ${mac}`)
  return new Uint8Array(mac.split(':').map((octet) => Number.parseInt(octet, 16)))
}
