import { type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/**
 * The MTU of the default route, IPv4 before IPv6: the route's own, else that of its interface.
 * Undefined when there is no default route. Throws CniError 5 and 100.
 */
export async function defaultRouteMtu(): Promise<number | undefined> {
  const route = (await defaultRoute('-4')) ?? (await defaultRoute('-6'))
  const own = route?.metrics?.find(({ mtu }) => mtu !== undefined)?.mtu
  if (own !== undefined) return own
  const device = route?.dev ?? route?.nexthops?.[0]?.dev
  if (device === undefined) return undefined
  return (await ipJson<IpLink>('link')).find(({ ifname }) => ifname === device)?.mtu
}

/** The one that the kernel prefers: of the lowest metric. */
async function defaultRoute(family: '-4' | '-6'): Promise<IpRoute | undefined> {
  const routes = await ipJson<IpRoute>(family, 'route', 'show', 'default')
  return routes
    .filter(({ type = 'unicast' }) => type === 'unicast')
    .toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0))[0]
}
