import type { ObservedLink, ObservedRoute } from '@vethra/findings'
import { addressesOf, routePrefix, takesSpace } from './host-prefixes.ts'
import { type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/** Every interface, as the kernel lists them: two programs, however many there are. Throws CniError 5 and 100. */
export async function observedLinks(): Promise<readonly ObservedLink[]> {
  const [links, bridges] = await Promise.all([
    ipJson<IpLink>('addr'),
    ipJson<IpLink>('link', 'show', 'type', 'bridge'),
  ])
  const names = new Set(bridges.map(({ ifname }) => ifname))
  return links.map((link) => ({
    name: link.ifname,
    bridge: names.has(link.ifname),
    up: link.flags.includes('UP'),
    ...(link.master === undefined ? {} : { master: link.master }),
    addresses: addressesOf(link).map(({ prefix }) => prefix),
  }))
}

/** Every route of every table but default ones and the kernel's own. Throws CniError 5 and 100. */
export async function observedRoutes(): Promise<readonly ObservedRoute[]> {
  const routes = await ipJson<IpRoute>('route', 'show', 'table', 'all')
  return routes
    .filter(takesSpace)
    .map(routePrefix)
    .map(({ prefix, interface: device }) => ({ prefix, device }))
}
