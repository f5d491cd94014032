import { elementsOf, isEffect, type PlacedElement, shapeOf, vethraTable } from '@vethra/firewall'
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
  type FoundElement,
  type FoundLimit,
  type Message,
  type ReceivedMessage,
} from '@vethra/netlink'
import type { Place, State } from '@vethra/state'
import { hasAdminJump } from '../applied/admin-chains.ts'
import { bareKey, type Looking } from '../observed/looking.ts'
import { missingPassages, passesAdmin } from './pass-rule.ts'
import { seenRoute } from './seen-routes.ts'
import type { Session } from './session.ts'
import { prepareReads } from './sysctls-in-bun.ts'
import { visit } from './visit.ts'

/** A look at a host through a session, for what is expected. */
export function looking(session: Session, expected: State): Looking {
  const elements = remembering(() => expectedElements(session, expected))
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
    element: (set, key) => elements().get([set, ...key].join(' ')),
    passes: (admit) =>
      missingPassages(session, [admit]).length === 0 &&
      passesAdmin(session) &&
      hasAdminJump(session.zoneRecords, admit),
  }
}

type Ask = (message: Message) => readonly ReceivedMessage[]

function limitOf(index: number, ask: Ask): FoundLimit | undefined {
  const [limit] = ask(askQdisc(index, 'root')).flatMap((each) => decodeLimit(each) ?? [])
  if (limit) return limit
  const classes = ask(dumpClasses(index))
  return classes.length === 0 ? undefined : decodeShaping(classes, ask(dumpClassFilters(index)))
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

/** Up to so many ports of a map are asked for by themselves; for more of them all of the map is listed. */
const fewPorts = 8
/** So many questions go at once: the kernel puts all answers into the socket's buffer before the first is read. */
const atOnce = 32

// The elements of our table that expected effects are made of, as they are now, by set and key: `p4 tcp 80`.
function expectedElements(session: Session, expected: State): ReadonlyMap<string, FoundElement> {
  const wanted = expected.flatMap(({ resource, owner }) =>
    isEffect(resource) ? elementsOf(resource, owner) : [],
  )
  const counts = new Map<string, number>()
  for (const { set } of wanted) counts.set(set, (counts.get(set) ?? 0) + 1)
  const found = new Map<string, FoundElement>()
  const listed: string[] = []
  for (const [set, count] of counts) {
    const { key, data } = shapeOf(set)
    if (!data || count <= fewPorts) continue
    listed.push(set)
    for (const message of session.askNetfilter(dumpElements(vethraTable, set)).messages)
      for (const each of decodeElements(message, key, data))
        found.set([set, ...bareKey(each)].join(' '), each)
  }
  const asked = wanted.filter(({ set }) => !listed.includes(set))
  for (let at = 0; at < asked.length; at += atOnce)
    askEach(session, asked.slice(at, at + atOnce), found)
  return found
}

function askEach(
  session: Session,
  asked: readonly PlacedElement[],
  found: Map<string, FoundElement>,
): void {
  const { messages, first } = session.askNetfilter(
    ...asked.map(({ set, element }) =>
      askElement({ ...vethraTable, set }, shapeOf(set).key, bareKey(element)),
    ),
  )
  for (const message of messages) {
    const { set, element } = asked[message.sequence - first] as PlacedElement
    const { key, data } = shapeOf(set)
    const [each] = decodeElements(message, key, data)
    if (each) found.set([set, ...bareKey(element)].join(' '), each)
  }
}
