import type { HostFacts } from '@vethra/world'
import { type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/** The default route of the best metric, IPv4 before IPv6; undefined when there is none. Throws CniError 5 and 100. */
export async function defaultRoute(): ReturnType<HostFacts['defaultRoute']> {
  const route = (await preferred('-4')) ?? (await preferred('-6'))
  const device = route?.dev ?? route?.nexthops?.[0]?.dev
  if (device === undefined) return undefined
  const own = route?.metrics?.find(({ mtu }) => mtu !== undefined)?.mtu
  const mtu = own ?? (await ipJson<IpLink>('link')).find(({ ifname }) => ifname === device)?.mtu
  return { device, ...(mtu === undefined ? {} : { mtu }) }
}

/** The one of the lowest metric. */
async function preferred(family: '-4' | '-6'): Promise<IpRoute | undefined> {
  const routes = await ipJson<IpRoute>(family, 'route', 'show', 'default')
  return routes
    .filter(({ type = 'unicast' }) => type === 'unicast')
    .toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0))[0]
}
