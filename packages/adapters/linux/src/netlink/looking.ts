import { elementsOf, shapeOf, vethraTable } from '@vethra/firewall'
import {
  addressText,
  askElement,
  askQdisc,
  decodeAddress,
  decodeElements,
  decodeLimit,
  decodeRedirect,
  decodeRoutes,
  decodeRule,
  decodeShaping,
  dumpClasses,
  dumpClassFilters,
  dumpElements,
  dumpIngressFilters,
  encodeRouteDump,
  type FoundAddress,
  type FoundLimit,
  type Message,
  type ReceivedMessage,
} from '@vethra/netlink'
import type { Place, State } from '@vethra/state'
import type { Looking } from '../observed/looking.ts'
import { missingPassages } from './pass-rule.ts'
import { seenRoute } from './seen-routes.ts'
import type { Session } from './session.ts'
import { prepareReads } from './sysctls-in-bun.ts'
import { visit } from './visit.ts'

/** A look at a host through a session, for what is expected. */
export function looking(session: Session, expected: State): Looking {
  const listed = setsToList(expected)
  const elements = remembering((set: string) => {
    const { key, data } = shapeOf(set)
    const { messages } = session.askNetfilter(dumpElements(vethraTable, set))
    const found = messages.flatMap((each) => decodeElements(each, key, data))
    return new Map(found.map((each) => [each.key.join(' '), each]))
  })
  const ask = (message: Message) => session.routeMessages('host', [message]).messages
  const dump = (place: Place, what: 'addresses' | 'routes' | 'rules') =>
    session.routeMessages(place, [encodeRouteDump(what)]).messages
  const addresses = remembering((place: Place) => dump(place, 'addresses').flatMap(seenAddress))
  return {
    hasContainer: session.hasContainer,
    link: remembering((place: Place, name: string) =>
      place === 'host' || session.hasContainer ? session.link(place, name) : undefined,
    ),
    linkAt: remembering((index: number) => session.linkAt('host', index)),
    addresses: remembering((place: Place, index: number) =>
      addresses(place).flatMap((each) => (each.index === index ? [withText(each)] : [])),
    ),
    routes: remembering((place: Place) => {
      const found = dump(place, 'routes').flatMap(decodeRoutes)
      return Map.groupBy(found.map(seenRoute), ({ destination }) => destination)
    }),
    rules: remembering((place: Place) => dump(place, 'rules').flatMap(seenRule)),
    sysctl: (place, key) => {
      const read = prepareReads([key])
      const [found] = place === 'container' ? visit(session.namespace(), read) : read()
      return found?.toString('utf8').trim()
    },
    limit: (index) => limitOf(index, ask),
    redirect: (index) =>
      ask(dumpIngressFilters(index)).flatMap((each) => decodeRedirect(each) ?? [])[0],
    element: (set, key) => {
      if (listed.has(set)) return elements(set).get(key.join(' '))
      const { key: type, data } = shapeOf(set)
      const { messages } = session.askNetfilter(askElement({ ...vethraTable, set }, type, key))
      return messages.flatMap((each) => decodeElements(each, type, data))[0]
    },
    passes: (subnets) => missingPassages(session, subnets).length === 0,
  }
}

type Ask = (message: Message) => readonly ReceivedMessage[]

function limitOf(index: number, ask: Ask): FoundLimit | undefined {
  const [limit] = ask(askQdisc(index, 'root')).flatMap((each) => decodeLimit(each) ?? [])
  if (limit) return limit
  const classes = ask(dumpClasses(index))
  return classes.length === 0 ? undefined : decodeShaping(classes, ask(dumpClassFilters(index)))
}

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

function seenAddress(message: ReceivedMessage): readonly FoundAddress[] {
  const found = decodeAddress(message)
  return found ? [found] : []
}

function withText(found: FoundAddress): ReturnType<Looking['addresses']>[number] {
  return { ...found, address: addressText(found.octets) }
}

function seenRule(message: ReceivedMessage): ReturnType<Looking['rules']> {
  const found = decodeRule(message)
  if (found?.source === undefined) return []
  return [{ source: `${addressText(found.source)}/${found.prefixLength}`, table: found.table }]
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
