import type { ResultRoute } from '@vethra/cni'
import { present } from '@vethra/cni'
import type { Resource, Route, Sysctl } from '@vethra/state'
import type { PluginRequest } from './plugin.ts'
import { addressOn, type Ip } from './subnets.ts'

/** The resources of a container's interface: `lo` up (unless another runtime calls, which has a plugin for that), IPv6 on where needed, addresses, routes (reference plugins, ipam.ConfigureIface). */
export function configureInterface(
  { called, attachment: { ifname } }: PluginRequest,
  ips: readonly Ip[],
  routes: readonly ResultRoute[],
): readonly Resource[] {
  const hasIpv6 = ips.some(({ family }) => family === 6)
  return [
    ...(called ? [] : [loopbackUp]),
    ...(hasIpv6 ? ['lo', ifname].map(ipv6On) : []),
    ...ips.map((ip) => addressOn('container', ifname, ip)),
    ...routes.map((route) => routeOn(ifname, route, ips)),
  ]
}

const loopbackUp: Resource = { kind: 'link settings', place: 'container', link: 'lo', up: true }

function ipv6On(link: string): Sysctl {
  return {
    kind: 'sysctl',
    place: 'container',
    key: `net/ipv6/conf/${link}/disable_ipv6`,
    value: '0',
  }
}

const scopes = { 0: 'global', 253: 'link', 254: 'host' } as const

function routeOn(ifname: string, route: ResultRoute, ips: readonly Ip[]): Route {
  const { dst, priority, table, scope, mtu, advmss } = route
  const family = dst.includes(':') ? 6 : 4
  const gateway = route.gw ?? ips.find((ip) => ip.family === family && ip.gateway)?.gateway
  const named = scopes[scope as keyof typeof scopes]
  return {
    kind: 'route',
    place: 'container',
    link: ifname,
    destination: dst,
    inFront: true,
    ...(gateway === undefined || named === 'link' ? {} : { gateway }),
    ...present({
      priority: positive(priority),
      table: positive(table),
      scope: named,
      mtu: positive(mtu),
      advmss: positive(advmss),
    }),
  }
}

// 0 leaves a number to the kernel, and less counts as 0 (reference plugins, netlink.RouteAdd).
function positive(number: number | undefined): number | undefined {
  return number !== undefined && number > 0 ? number : undefined
}
