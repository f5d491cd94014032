import {
  effectsFrom,
  type PlacedElement,
  shapeOf,
  tellingSets,
  vethraTable,
} from '@vethra/firewall'
import { addressOctets, decodeElements, decodePrefixes, dumpElements } from '@vethra/netlink'
import { isSameOwner, type Owner, ownerMark, publishedTo, type State } from '@vethra/state'
import type { Session } from './session.ts'

/** The published ports that lead to any of the addresses, and bear a mark. */
export function portsTo(session: Session, addresses: readonly string[]): State {
  const families = new Set(addresses.map((address) => (address.includes(':') ? 6 : 4)))
  const wanted = addresses.map((address) => Buffer.from(addressOctets(address).octets))
  const elements = [...families].flatMap((family) => [
    ...['p', 'a', 'c', 'i'].flatMap((map) =>
      elementsIn(session, `${map}${family}`, (body) => holdsAny(body, wanted)),
    ),
    // Interfaces that a port is not for.
    ...elementsIn(session, `x${family}`),
  ])
  return elements.length === 0 ? [] : publishedTo(effectsFrom(elements), addresses)
}

// Of a thousand ports none leads to an address that is taken anew: what does not hold its octets is not decoded.
function holdsAny(body: Uint8Array, wanted: readonly Buffer[]): boolean {
  const octets = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return wanted.some((each) => octets.includes(each))
}

/** The effects that bear a mark of a network or of an attachment; `of`: of that owner alone. */
export function effectsIn(session: Session, of?: Owner): State {
  const mark = of && Buffer.from(ownerMark(of))
  const isWanted = mark && ((body: Uint8Array) => holdsAny(body, [mark]))
  const found = effectsFrom(tellingSets.flatMap((set) => elementsIn(session, set, isWanted)))
  return of ? found.filter(({ owner }) => isSameOwner(owner, of)) : found
}

/** The elements of a set in messages that are wanted; in one of prefixes of one address, those that are prefixes, where any is. */
export function elementsIn(
  session: Session,
  set: string,
  isWanted: (body: Uint8Array) => boolean = () => true,
): readonly PlacedElement[] {
  const { key, data, interval } = shapeOf(set)
  const [type] = key
  const { messages } = session.askNetfilter(dumpElements(vethraTable, set))
  const wanted = messages.filter(({ body }) => isWanted(body))
  if (wanted.length === 0) return []
  // The end of a prefix may come in another message.
  if (interval && type && key.length === 1) {
    return decodePrefixes(messages, type).map(({ prefix, comment }) => ({
      set,
      element: { key: [prefix], comment },
    }))
  }
  const elements = wanted.flatMap((each) => decodeElements(each, key, data))
  return elements.map((element) => ({ set, element }))
}
