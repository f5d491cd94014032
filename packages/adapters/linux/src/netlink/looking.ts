import { elementsOf, shapeOf, vethraTable } from '@vethra/firewall'
import {
  askElement,
  decodeAddress,
  decodeElements,
  decodeRoute,
  dumpElements,
  encodeRouteDump,
  type FoundAddress,
  type FoundElement,
  type FoundLink,
  type FoundRoute,
} from '@vethra/netlink'
import type { Place, State } from '@vethra/state'
import { missingPassages } from './pass-rule.ts'
import type { Session } from './session.ts'

/** Up to so many elements of a set are asked for one by one; for more of them all of the set is listed. */
const fewElements = 8

function setsToList(expected: State): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const { resource, owner } of expected) {
    if (resource.kind !== 'publish') continue
    for (const { set } of elementsOf(resource, owner)) counts.set(set, (counts.get(set) ?? 0) + 1)
  }
  return new Set([...counts].flatMap(([set, count]) => (count > fewElements ? [set] : [])))
}

/** Looks at each thing of a host once, however many resources ask. */
export interface Looking {
  readonly session: Session
  link(place: Place, name: string): FoundLink | undefined
  linkAt(index: number): FoundLink | undefined
  addresses(place: Place): readonly FoundAddress[]
  routes(place: Place): readonly FoundRoute[]
  element(set: string, key: readonly string[]): FoundElement | undefined
  /** Whether other firewalls let pass what our table does. */
  passes(): boolean
}

/** A look at a host through a session, for what is expected. */
export function looking(session: Session, expected: State): Looking {
  const listed = setsToList(expected)
  const links = remembering((place: Place, name: string) =>
    place === 'host' || session.hasContainer ? session.link(place, name) : undefined,
  )
  const linksAt = remembering((index: number) => session.linkAt('host', index))
  const elements = remembering((set: string) => {
    const { key, data } = shapeOf(set)
    const { messages } = session.netfilter([dumpElements(vethraTable, set)])
    const found = messages.flatMap((each) => decodeElements(each, key, data))
    return new Map(found.map((each) => [each.key.join(' '), each]))
  })
  const dump = (place: Place, what: 'addresses' | 'routes') =>
    session.routeMessages(place, [encodeRouteDump(what)]).messages
  return {
    session,
    link: links,
    linkAt: linksAt,
    addresses: remembering((place: Place) =>
      dump(place, 'addresses').flatMap((each) => decodeAddress(each) ?? []),
    ),
    routes: remembering((place: Place) =>
      dump(place, 'routes').flatMap((each) => decodeRoute(each) ?? []),
    ),
    element: (set, key) => {
      if (listed.has(set)) return elements(set).get(key.join(' '))
      const { key: type, data } = shapeOf(set)
      const { messages } = session.netfilter([askElement(vethraTable, set, type, key)])
      return messages.flatMap((each) => decodeElements(each, type, data))[0]
    },
    passes: remembering(() => missingPassages(session).length === 0),
  }
}

function remembering<Args extends readonly (string | number)[], T>(
  look: (...args: Args) => T,
): (...args: Args) => T {
  const seen = new Map<string, T>()
  return (...args) => {
    const key = args.join(' ')
    const known = seen.get(key)
    if (known !== undefined || seen.has(key)) return known as T
    const found = look(...args)
    seen.set(key, found)
    return found
  }
}
