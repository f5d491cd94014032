import type { UsedByHost } from '@vethra/world'
import { type IpAddress, type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/** All addresses, then all routes but default ones, of both families and every table but `local`. Throws CniError 5 and 100. */
export async function hostPrefixes(): Promise<readonly UsedByHost[]> {
  const [links, routes] = await Promise.all([
    ipJson<IpLink>('addr'),
    ipJson<IpRoute>('route', 'show', 'table', 'all'),
  ])
  return [...links.flatMap(addressesOf), ...routes.filter(takesSpace).map(routePrefix)]
}

/** The addresses of an interface, each with its prefix length. */
export function prefixesOf({ addr_info = [] }: IpLink): readonly string[] {
  return addr_info.flatMap(prefixes)
}

function addressesOf(link: IpLink): readonly UsedByHost[] {
  return prefixesOf(link).map((prefix) => ({ source: 'address', prefix, interface: link.ifname }))
}

function prefixes({ family, local, address, prefixlen }: IpAddress): readonly string[] {
  if (local === undefined) return []
  if (address === undefined) return [`${local}/${prefixlen}`]
  return [`${local}/${family === 'inet' ? 32 : 128}`, `${address}/${prefixlen}`]
}

/** Whether a route takes space. A blackhole does, too; a `throw` says that this table has nothing there. */
export function takesSpace({ dst, type = 'unicast', table }: IpRoute): boolean {
  const kernelsOwn = ['local', 'broadcast', 'multicast', 'anycast', 'throw'].includes(type)
  return dst !== 'default' && table !== 'local' && !kernelsOwn
}

/** The prefix that a route leads to. */
export function routePrefix({ dst, dev, nexthops }: IpRoute): UsedByHost {
  const whole = dst.includes('/') ? dst : `${dst}/${dst.includes(':') ? 128 : 32}`
  return { source: 'route', prefix: whole, interface: dev ?? nexthops?.[0]?.dev ?? '' }
}
