import { readFile } from 'node:fs/promises'
import type { ObservedLink } from '@vethra/findings'
import type { SeenNetwork } from '@vethra/world'
import { prefixesOf, routePrefix, takesSpace } from './host-prefixes.ts'
import { type IpLink, type IpRoute, parseIpJson } from './ip-json.ts'
import { failed, run } from './run.ts'

/** The interfaces, routes and neighbour entries of the host: by one program, however many there are. Throws CniError 5 and 100. */
export async function observedNetwork(): Promise<SeenNetwork> {
  const outcome = await run('ip', ['-j', '-d', '-batch', '-'], looks)
  if (outcome.status !== 0) throw failed(`ip -batch (${looks.split('\n').join('; ')})`, outcome)
  const [links = '', routes = '', neighbours = ''] = outcome.stdout.split('\n')
  return {
    links: await seenLinks(parseIpJson(links)),
    routes: parseIpJson<IpRoute>(routes)
      .filter(takesSpace)
      .map(routePrefix)
      .map(({ prefix, interface: device }) => ({ prefix, device })),
    neighbours: parseIpJson<IpNeighbour>(neighbours).map(({ dst, dev, lladdr = '' }) => ({
      ...{ device: dev, address: dst, mac: lladdr },
    })),
  }
}

// The kernel makes no permanent neighbours, but for multicast. Each command prints one line.
const looks = 'addr\nroute show table all\nneigh show nud permanent'

interface IpNeighbour {
  readonly dst: string
  readonly dev: string
  readonly lladdr?: string
}

async function seenLinks(links: readonly IpLink[]): Promise<readonly ObservedLink[]> {
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
    ...(link.flags.includes('NOARP') ? { noArp: true as const } : {}),
    mtu: link.mtu,
    ...(link.address === undefined ? {} : { mac: link.address }),
    ...portOf(link),
    ...settings.get(link.ifname),
    ...(link.master === undefined ? {} : { master: link.master }),
    addresses: prefixesOf(link),
  }))
}

function portOf({ linkinfo }: IpLink): Pick<ObservedLink, 'port'> {
  const { hairpin, isolated, locked, learning, flood, bcast_flood } =
    linkinfo?.info_slave_data ?? {}
  if (hairpin === undefined || isolated === undefined) return {}
  const open = !locked && learning !== false && flood !== false && bcast_flood !== false
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
