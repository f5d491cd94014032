import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ioError } from '@vethra/cni'
import type { Sysctl } from '@vethra/state'

/** RTF_ADDRCONF of linux/ipv6_route.h: a router's advertisement brought the route. */
const advertised = 0x0004_0000

/** The interfaces that routes of /proc/net/ipv6_route lead through which a router advertised, each once. */
export function advertisingLinks(routes: string): readonly string[] {
  const fields = routes.split('\n').map((line) => line.trim().split(/\s+/))
  const learned = fields.flatMap(([, , , , , , , , flags = '', link = '']) =>
    (Number.parseInt(flags, 16) & advertised) === 0 ? [] : [link],
  )
  return [...new Set(learned)]
}

/**
 * Has the host keep the routes that routers advertised to it, before a setting makes it forward IPv6: the kernel removes them
 * then, and hears no router with `accept_ra` 1 (ip-sysctl). Throws CniError 5 naming the interface.
 */
export function keepRouters({ place, key, value }: Sysctl): void {
  if (place !== 'host' || key !== 'net/ipv6/conf/all/forwarding' || value !== '1') return
  const routes = '/proc/net/ipv6_route'
  if (!existsSync(routes)) return
  for (const link of advertisingLinks(readFileSync(routes, 'utf8'))) hearWhileForwarding(link)
}

function hearWhileForwarding(link: string): void {
  const file = `/proc/sys/net/ipv6/conf/${link}/accept_ra`
  try {
    if (readFileSync(file, 'utf8').trim() === '1') writeFileSync(file, '2')
  } catch (cause) {
    const hint = `Set it on the host: sysctl -w net/ipv6/conf/${link}/accept_ra=2`
    throw ioError(`cannot keep the IPv6 routes that routers advertised on ${link}`, { cause, hint })
  }
}
