import type { FoundLink } from '@vethra/netlink'
import type { DeviceRef, Facts, WantedFacts } from '@vethra/plugins'
import type { Place, Route } from '@vethra/state'
import { interfaceBelow } from '../interface-below.ts'
import type { IpLink, IpRoute } from '../ip-json.ts'
import { mainRoute } from '../observed/looking.ts'
import { listInside } from './batch.ts'
import { linksFrom, routesFrom } from './ip-look.ts'
import { rulesIn } from './look.ts'

/** The interfaces of the host, as `ip -d link show` lists them. */
export async function hostLinks(): Promise<readonly FoundLink[]> {
  return linksFrom(await listInside<IpLink>('', 'ip', '-j', '-d', 'link', 'show'))
}

/** The facts that a plan asks for, of the host and of a container's namespace, a path. */
export async function factsOf(wanted: WantedFacts, netns = ''): Promise<Facts> {
  const { links = [], defaultRoute, inside: own = [], tables = false, routes, device } = wanted
  const found = await hostLinks()
  const route = defaultRoute ? await defaultDevice(defaultRoute === 'host' ? '' : netns) : undefined
  const led = (place: Place) => (route !== undefined && defaultRoute === place ? [route] : [])
  const named = device === undefined ? undefined : deviceAmong(found, device)
  const names = [...links, ...led('host'), ...(named ? [named] : [])]
  const bridges = found.some(({ name, kind }) => kind === 'bridge' && names.includes(name))
  const addressed = bridges ? await listInside<IpLink>('', 'ip', '-j', 'addr') : []
  const ownNames = [...own, ...led('container')]
  const looks = netns !== '' && ownNames.length > 0
  const away = looks ? await listInside<IpLink>(netns, 'ip', '-j', '-d', 'link') : []
  const lent = looks ? await listInside<IpLink>(netns, 'ip', '-j', 'addr') : []
  return {
    links: linkFacts(found, names, addressed),
    ...(route === undefined ? {} : { defaultRoute: route }),
    ...(netns === '' ? {} : { inside: linkFacts(linksFrom(away), ownNames, lent) }),
    ...(tables && netns !== '' ? { tables: await rulesIn(netns) } : {}),
    ...(routes && netns !== '' ? { routes: await mainRoutesIn(netns) } : {}),
    ...(named === undefined ? {} : { device: named }),
  }
}

async function defaultDevice(netns: string): Promise<string | undefined> {
  const [route] = [
    ...(await listInside<IpRoute>(netns, 'ip', '-j', '-4', 'route', 'show', 'default')),
    ...(await listInside<IpRoute>(netns, 'ip', '-j', '-6', 'route', 'show', 'default')),
  ]
  return route?.dev
}

async function mainRoutesIn(netns: string): Promise<readonly Route[]> {
  const [four, six] = [
    await listInside<IpRoute>(netns, 'ip', '-j', '-4', 'route'),
    await listInside<IpRoute>(netns, 'ip', '-j', '-6', 'route'),
  ]
  const of = (listed: readonly IpRoute[], family: 4 | 6) =>
    listed.flatMap((each) =>
      routesFrom([each], family, () => 0).flatMap((seen) =>
        each.dev === undefined ? [] : [mainRoute(each.dev, seen)],
      ),
    )
  return [...of(four, 4), ...of(six, 6)]
}

function linkFacts(
  found: readonly FoundLink[],
  names: readonly string[],
  addressed: readonly IpLink[],
): Facts['links'] {
  const facts = found.flatMap(({ name, kind, mac, mtu, index }) => {
    if (!names.includes(name)) return []
    const ports = found.filter(({ master }) => master === index).length
    const listed = addressed.find(({ ifindex }) => ifindex === index)?.addr_info ?? []
    const addresses = listed
      .filter(({ scope }) => scope !== 'link')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    return [[name, { kind, mac, mtu, ...(kind === 'bridge' ? { ports, addresses } : {}) }] as const]
  })
  return Object.fromEntries(facts)
}

function deviceAmong(
  found: readonly FoundLink[],
  { name, mac, ...below }: DeviceRef,
): string | undefined {
  if (name === undefined && mac === undefined) return interfaceBelow(below)
  return found.find((each) => (name === undefined ? each.mac === mac : each.name === name))?.name
}
