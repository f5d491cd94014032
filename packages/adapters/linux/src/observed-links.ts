import { readFile } from 'node:fs/promises'
import type { ObservedLink, ObservedNeighbour, ObservedRoute } from '@vethra/findings'
import { prefixesOf, routePrefix, takesSpace } from './host-prefixes.ts'
import { type IpLink, type IpRoute, ipJson } from './ip-json.ts'

/** Every interface, as the kernel lists them: one program, however many there are. Throws CniError 5 and 100. */
export async function observedLinks(): Promise<readonly ObservedLink[]> {
  const links = await ipJson<IpLink>('-d', 'addr')
  const bridges = links.filter(({ linkinfo }) => linkinfo?.info_kind === 'bridge')
  const all = await setting('all', 'rp_filter')
  const settings = new Map(
    await Promise.all(
      bridges.map(async ({ ifname }) => [ifname, await settingsOf(ifname, all)] as const),
    ),
  )
  return links.map((link) => ({
    name: link.ifname,
    bridge: settings.has(link.ifname),
    up: link.flags.includes('UP'),
    mtu: link.mtu,
    ...(link.address === undefined ? {} : { mac: link.address }),
    ...portOf(link),
    ...settings.get(link.ifname),
    ...(link.master === undefined ? {} : { master: link.master }),
    addresses: prefixesOf(link),
  }))
}

function portOf({ linkinfo }: IpLink): Pick<ObservedLink, 'port'> {
  const { hairpin, isolated, learning, flood, bcast_flood } = linkinfo?.info_slave_data ?? {}
  if (hairpin === undefined || isolated === undefined) return {}
  const open = learning !== false && flood !== false && bcast_flood !== false
  return { port: { hairpin, isolated, open } }
}

async function settingsOf(
  name: string,
  all: string,
): Promise<Pick<ObservedLink, 'forwards' | 'strict'>> {
  const [forwards, own] = [await setting(name, 'forwarding'), await setting(name, 'rp_filter')]
  return {
    ...(forwards === '0' ? { forwards: false } : {}),
    // Of the two the higher one counts: 1 is strict, 2 is not.
    ...([all, own].toSorted().at(-1) === '1' ? { strict: true } : {}),
  }
}

async function setting(name: string, key: string): Promise<string> {
  return (await readFile(`/proc/sys/net/ipv4/conf/${name}/${key}`, 'utf8').catch(() => '')).trim()
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
