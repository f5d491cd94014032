import { readFile } from 'node:fs/promises'
import type { ObservedLink, ObservedNeighbour, ObservedRoute } from '@vethra/findings'
import { prefixesOf, routePrefix, takesSpace } from './host-prefixes.ts'
import { type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/** Every interface, as the kernel lists them: one program, however many there are. Throws CniError 5 and 100. */
export async function observedLinks(): Promise<readonly ObservedLink[]> {
  const links = await ipJson<IpLink>('-d', 'addr')
  const bridges = links.filter(({ linkinfo }) => linkinfo?.info_kind === 'bridge')
  const forwards = new Map(
    await Promise.all(
      bridges.map(async ({ ifname }) => [ifname, await forwardsIpv4(ifname)] as const),
    ),
  )
  return links.map((link) => ({
    name: link.ifname,
    bridge: forwards.has(link.ifname),
    up: link.flags.includes('UP'),
    mtu: link.mtu,
    ...(link.address === undefined ? {} : { mac: link.address }),
    ...portOf(link),
    ...(forwards.get(link.ifname) === false ? { forwards: false } : {}),
    ...(link.master === undefined ? {} : { master: link.master }),
    addresses: prefixesOf(link),
  }))
}

function portOf({ linkinfo }: IpLink): Pick<ObservedLink, 'port'> {
  const { hairpin, isolated } = linkinfo?.info_slave_data ?? {}
  return hairpin === undefined || isolated === undefined ? {} : { port: { hairpin, isolated } }
}

async function forwardsIpv4(name: string): Promise<boolean> {
  const file = `/proc/sys/net/ipv4/conf/${name}/forwarding`
  return (await readFile(file, 'utf8').catch(() => '1')).trim() !== '0'
}

/** Every route of every table but default ones and the kernel's own. Throws CniError 5 and 100. */
export async function observedRoutes(): Promise<readonly ObservedRoute[]> {
  const routes = await ipJson<IpRoute>('route', 'show', 'table', 'all')
  return routes
    .filter(takesSpace)
    .map(routePrefix)
    .map(({ prefix, interface: device }) => ({ prefix, device }))
}

interface IpNeighbour {
  readonly dst: string
  readonly dev: string
  readonly lladdr?: string
}

/** Neighbour entries that somebody made by hand: the kernel makes none that are permanent, but for multicast. Throws CniError 5 and 100. */
export async function observedNeighbours(): Promise<readonly ObservedNeighbour[]> {
  const all = await ipJson<IpNeighbour>('neigh', 'show', 'nud', 'permanent')
  return all.map(({ dst, dev, lladdr = '' }) => ({ device: dev, address: dst, mac: lladdr }))
}
