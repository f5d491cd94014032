import type { FoundLink } from '@vethra/netlink'
import type { DeviceRef, Facts, WantedFacts } from '@vethra/plugins'
import type { Place, Route } from '@vethra/state'
import { interfaceBelow } from '../interface-below.ts'
import { parseIpJson } from '../ip-json.ts'
import { mainRoute } from '../observed/main-route.ts'
import { run } from '../run.ts'
import { inside } from './batch.ts'
import {
  type JsonAddressed,
  type JsonLink,
  type JsonRoute,
  linksFrom,
  routesFrom,
} from './ip-look.ts'
import { rulesIn } from './look.ts'

/** The interfaces of the host, as `ip -d link show` lists them. */
export async function hostLinks(): Promise<readonly FoundLink[]> {
  return linksFrom(await json<JsonLink>('', '-d', 'link', 'show'))
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
  const addressed = bridges ? await json<JsonAddressed>('', 'addr') : []
  const ownNames = [...own, ...led('container')]
  const looks = netns !== '' && ownNames.length > 0
  const away = looks ? await json<JsonLink>(netns, '-d', 'link') : []
  const lent = looks ? await json<JsonAddressed>(netns, 'addr') : []
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
    ...(await json<{ dev?: string }>(netns, '-4', 'route', 'show', 'default')),
    ...(await json<{ dev?: string }>(netns, '-6', 'route', 'show', 'default')),
  ]
  return route?.dev
}

async function mainRoutesIn(netns: string): Promise<readonly Route[]> {
  const [four, six] = [
    await json<JsonRoute>(netns, '-4', 'route'),
    await json<JsonRoute>(netns, '-6', 'route'),
  ]
  const of = (listed: readonly JsonRoute[], family: 4 | 6) =>
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
  addressed: readonly JsonAddressed[],
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

// In this namespace, or that of a path.
async function json<T>(netns: string, ...words: readonly string[]): Promise<readonly T[]> {
  const argv = ['ip', '-j', ...words] as const
  const { status, stdout } = await (netns === '' ? run('ip', argv.slice(1)) : inside(netns, argv))
  return status === 0 ? parseIpJson(stdout) : []
}
