import { type Effect, publishOf, sets, shapeOf, vethraTable } from '@vethra/firewall'
import { decodeElements, decodePrefixes, dumpElements } from '@vethra/netlink'
import { type Owned, readMark, type State } from '@vethra/state'
import type { Session } from './session.ts'

/** The published ports that lead to any of the addresses; those without a mark of ours are the host's. */
export function portsTo(session: Session, addresses: readonly string[]): State {
  const families = new Set(addresses.map((address) => (address.includes(':') ? 6 : 4)))
  const maps = [...families].flatMap((family) => [`p${family}`, `a${family}`])
  return maps.flatMap((set) =>
    publishedIn(session, set).filter(
      ({ resource }) => resource.kind === 'publish' && addresses.includes(resource.address),
    ),
  )
}

/** The effects that bear a mark of a network or of an attachment. */
export function effectsIn(session: Session): State {
  const found = sets.flatMap(({ set, data, interval }): State => {
    if (data) return publishedIn(session, set)
    if (interval) return masqueradedIn(session, set)
    return bridgesIn(session, set)
  })
  return found.filter(({ owner }) => owner.kind !== 'host')
}

function publishedIn(session: Session, set: string): State {
  return elementsIn(session, set).flatMap((element) => {
    const resource = publishOf(element)
    return resource ? [owned(resource, element.comment)] : []
  })
}

function masqueradedIn(session: Session, set: string): State {
  if (!set.startsWith('masq')) return []
  return prefixesIn(session, set).map(({ prefix, comment }) =>
    owned({ kind: 'masquerade', subnet: prefix }, comment),
  )
}

function bridgesIn(session: Session, set: string): State {
  if (set === 'same') return []
  return elementsIn(session, set).map(({ key: [bridge = ''], comment }) => {
    if (set === 'bridges') {
      const subnets = ['nets4', 'nets6']
        .flatMap((each) => prefixesIn(session, each))
        .filter((each) => each.comment === comment)
      return owned({ kind: 'admit', bridge, subnets: subnets.map(({ prefix }) => prefix) }, comment)
    }
    return owned({ kind: 'isolate', bridge, from: isolationOf(set) }, comment)
  })
}

function isolationOf(set: string): Extract<Effect, { kind: 'isolate' }>['from'] {
  return set === 'apart' || set === 'internal' ? set : 'isolated'
}

function elementsIn(session: Session, set: string) {
  const { key, data } = shapeOf(set)
  const { messages } = session.netfilter([dumpElements(vethraTable, set)])
  return messages.flatMap((each) => decodeElements(each, key, data))
}

function prefixesIn(session: Session, set: string) {
  const { messages } = session.netfilter([dumpElements(vethraTable, set)])
  return decodePrefixes(messages, set.endsWith('4') ? 'ipv4_addr' : 'ipv6_addr')
}

function owned(resource: Effect, comment: string): Owned {
  return { resource, owner: readMark(comment) ?? { kind: 'host' } }
}
