import { publishOf, shapeOf, vethraTable } from '@vethra/firewall'
import { decodeElements, dumpElements } from '@vethra/netlink'
import { readMark, type State } from '@vethra/state'
import type { Session } from './session.ts'

/** The published ports that lead to any of the addresses; those without a mark of ours are the host's. */
export function portsTo(session: Session, addresses: readonly string[]): State {
  const families = new Set(addresses.map((address) => (address.includes(':') ? 6 : 4)))
  const maps = [...families].flatMap((family) => [`p${family}`, `a${family}`])
  return maps.flatMap((set) => {
    const { key, data } = shapeOf(set)
    const { messages } = session.netfilter([dumpElements(vethraTable, set)])
    const elements = messages.flatMap((each) => decodeElements(each, key, data))
    return elements.flatMap((element) => {
      if (!addresses.includes(element.data?.[0] ?? '')) return []
      const resource = publishOf(element)
      return resource ? [{ resource, owner: readMark(element.comment) ?? { kind: 'host' } }] : []
    })
  })
}
