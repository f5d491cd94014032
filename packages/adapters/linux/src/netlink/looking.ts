import {
  addressText,
  askQdisc,
  decodeAddress,
  decodeLimit,
  decodeRedirect,
  decodeRoutes,
  decodeRule,
  decodeShaping,
  dumpClasses,
  dumpClassFilters,
  dumpIngressFilters,
  encodeRouteDump,
  type FoundAddress,
  type FoundLimit,
  type Message,
  type ReceivedMessage,
} from '@vethra/netlink'
import type { Place, State } from '@vethra/state'
import { hasAdminJump } from '../applied/admin-chains.ts'
import type { Looking } from '../observed/looking.ts'
import { expectedElements } from './expected-elements.ts'
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
