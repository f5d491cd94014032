import type { ResultRoute } from '@vethra/cni'
import type { PlanInput } from './plugin.ts'

/**
 * Routes of an interface, a default route without a priority behind those of the interfaces before it: by the number in its
 * name, 1 of `eth1`; in front where it publishes ports. Those of a plugin that another runtime calls stay as they are.
 */
export function behindOthers(
  routes: readonly ResultRoute[],
  { request: { called, attachment }, publishes }: Pick<PlanInput, 'request' | 'publishes'>,
): readonly ResultRoute[] {
  const number = Number(/\d{1,9}$/.exec(attachment.ifname)?.[0] ?? 0)
  if (called || number === 0) return routes
  return routes.map((route) => {
    const { dst, priority = 0, table } = route
    if (!dst.endsWith('/0') || priority > 0 || table !== undefined) return route
    if (dst.includes(':')) return { ...route, priority: firstOfIpv6 + (publishes ? -1 : number) }
    // Of one metric the last is in front.
    return publishes ? route : { ...route, priority: number }
  })
}

/** The kernel's priority of a route of IPv6 that is given none. */
const firstOfIpv6 = 1024
