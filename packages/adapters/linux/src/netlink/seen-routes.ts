import { present } from '@vethra/cni'
import { addressText, decodeRoutes, encodeRouteDump, type FoundRoute } from '@vethra/netlink'
import type { Place, Route } from '@vethra/state'
import type { SeenRoute } from '../observed/looking.ts'
import { mainRoute } from '../observed/looking.ts'
import type { Session } from './session.ts'

/** A route of the kernel, its addresses as text. */
export function seenRoute(route: FoundRoute): SeenRoute {
  const { family, type, destination, prefixLength, gateway, source } = route
  const { index, priority = 0, table } = route
  const text = destination ? addressText(destination) : family === 4 ? '0.0.0.0' : '::'
  return {
    destination: `${text}/${prefixLength}`,
    priority,
    table,
    ...present({ index, refusal: refusals[type] }),
    ...(gateway ? { gateway: addressText(gateway) } : {}),
    ...(source ? { source: addressText(source) } : {}),
  }
}

const refusals: Readonly<Record<number, SeenRoute['refusal']>> = {
  ...{ 6: 'blackhole', 7: 'unreachable', 8: 'prohibit', 9: 'throw' },
}

/** The routes of the container's main table that lead through an interface. */
export function mainRoutes(session: Session): readonly Route[] {
  const names = new Map<number, string | undefined>()
  const nameAt = (index: number) => {
    if (!names.has(index)) names.set(index, session.linkAt('container', index)?.name)
    return names.get(index)
  }
  return unicast(session, 'container').flatMap((each) => {
    const link = each.index === undefined ? undefined : nameAt(each.index)
    return link === undefined ? [] : [mainRoute(link, seenRoute(each))]
  })
}

/** The interface of the IPv4 default route with the lowest metric, else that of IPv6; undefined without one. */
export function defaultInterface(session: Session, place: Place): string | undefined {
  const routes = unicast(session, place)
    .filter(({ prefixLength }) => prefixLength === 0)
    .toSorted(
      (one, other) => one.family - other.family || (one.priority ?? 0) - (other.priority ?? 0),
    )
  const index = routes[0]?.index
  return index === undefined ? undefined : session.linkAt(place, index)?.name
}

function unicast(session: Session, place: Place): readonly FoundRoute[] {
  return session
    .routeMessages(place, [encodeRouteDump('routes')])
    .messages.flatMap(decodeRoutes)
    .filter(({ table, type }) => table === 254 && type === 1)
}
