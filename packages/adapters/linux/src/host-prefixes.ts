import { type IpAddress, type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/** A prefix that the host already uses. */
export interface HostPrefix {
  readonly source: 'address' | 'route'
  /** `192.0.2.2/24`: host bits stand as they are. */
  readonly prefix: string
  /** The interface; empty for a route that leads to none, such as a blackhole. */
  readonly interface: string
}

/**
 * All addresses of all interfaces, then all routes but default ones, of both families and of every
 * table but the kernel's own `local`, as the kernel lists them. Throws CniError 5 and 100.
 */
export async function hostPrefixes(): Promise<readonly HostPrefix[]> {
  const [links, routes] = await Promise.all([
    ipJson<IpLink>('addr'),
    ipJson<IpRoute>('route', 'show', 'table', 'all'),
  ])
  return [...links.flatMap(addressesOf), ...routes.filter(takesSpace).map(routePrefix)]
}

/** The addresses of an interface. */
export function addressesOf({ ifname, addr_info = [] }: IpLink): readonly HostPrefix[] {
  return addr_info
    .flatMap(prefixes)
    .map((prefix) => ({ source: 'address', prefix, interface: ifname }))
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
export function routePrefix({ dst, dev, nexthops }: IpRoute): HostPrefix {
  const whole = dst.includes('/') ? dst : `${dst}/${dst.includes(':') ? 128 : 32}`
  return { source: 'route', prefix: whole, interface: dev ?? nexthops?.[0]?.dev ?? '' }
}
