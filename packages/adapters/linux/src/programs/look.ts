import { present } from '@vethra/cni'
import { readText } from '@vethra/files'
import { isEffect } from '@vethra/firewall'
import type { FoundElement, FoundLimit, FoundLink } from '@vethra/netlink'
import type { Place, Resource, State } from '@vethra/state'
import type { IpLink, IpRoute } from '../ip-json.ts'
import { bareKey, type Looking, type SeenRoute, type SeenRule } from '../observed/looking.ts'
import { inside } from '../run.ts'
import { listInside } from './batch.ts'
import { linksFrom, routesFrom } from './ip-look.ts'
import { listTable } from './nft-table.ts'
import { passes } from './passages.ts'

/** A look at a host through programs, for what is expected: all that may be asked is read before. */
export async function lookByPrograms(
  netns: string,
  expected: State,
  zoneRecords = '',
): Promise<Looking> {
  const host = await lookInto('', expected, 'host')
  const container = netns === '' ? undefined : await lookInto(netns, expected, 'container')
  const at = (place: Place) => (place === 'host' ? host : container)
  const effects = expected.filter(({ resource }) => isEffect(resource))
  const elements = effects.length > 0 ? await elementsByKey() : new Map<string, FoundElement>()
  const admits = effects.flatMap(({ resource }) => (resource.kind === 'admit' ? resource : []))
  const mayPass = new Map(
    await Promise.all(
      admits.map(async (each) => [each, await passes(zoneRecords, [each])] as const),
    ),
  )
  const qdiscs = expected.flatMap(({ resource }) =>
    resource.kind === 'qdisc' ? [resource.link] : [],
  )
  const traffic = await trafficOf([...new Set(qdiscs)], host.links)
  return {
    hasContainer: container !== undefined,
    link: (place, name) => at(place)?.links.find((each) => each.name === name),
    linkAt: (index) => host.links.find((each) => each.index === index),
    addresses: (place, index) => at(place)?.addresses.filter((each) => each.index === index) ?? [],
    routes: (place) => at(place)?.routes ?? new Map(),
    rules: (place) => at(place)?.rules ?? [],
    sysctl: (place, key) => at(place)?.settings.get(key),
    limit: (index) => traffic.get(index)?.limit,
    redirect: (index) => traffic.get(index)?.redirect,
    element: (set, key) => elements.get([set, ...key].join(' ')),
    passes: (admit) => mayPass.get(admit) ?? true,
  }
}

interface Seen {
  readonly links: readonly FoundLink[]
  readonly addresses: ReturnType<Looking['addresses']>
  readonly routes: ReturnType<Looking['routes']>
  readonly rules: readonly SeenRule[]
  readonly settings: ReadonlyMap<string, string>
}

/** The rules of one source in a namespace. */
export async function rulesIn(netns: string): Promise<readonly SeenRule[]> {
  const four = await listInside<JsonRule>(netns, 'ip', '-j', 'rule')
  const six = await listInside<JsonRule>(netns, 'ip', '-j', '-6', 'rule')
  return [...four, ...six].flatMap(({ src, srclen, table }) => {
    const bits = srclen ?? (src.includes(':') ? 128 : 32)
    return src === 'all' ? [] : [{ source: `${src}/${bits}`, table: Number(table) }]
  })
}

interface JsonRule {
  readonly src: string
  readonly srclen?: number
  readonly table: string
}

async function lookInto(netns: string, expected: State, place: Place): Promise<Seen> {
  const resources = expected.map(({ resource }) => resource)
  const wants = (kind: Resource['kind']) =>
    resources.some((each) => each.kind === kind && 'place' in each && each.place === place)
  const links = linksFrom(await listInside<IpLink>(netns, 'ip', '-j', '-d', 'link', 'show'))
  const index = (name: string | undefined) => links.find((each) => each.name === name)?.index
  const addressed = wants('address') ? await listInside<IpLink>(netns, 'ip', '-j', 'addr') : []
  const needsRoutes = resources.some((each) => each.kind === 'address' && each.needsRoute === true)
  const routes = wants('route') || needsRoutes ? await routesIn(netns, index) : []
  const keys = resources.flatMap((each) =>
    each.kind === 'sysctl' && each.place === place ? [each.key] : [],
  )
  const settings = await Promise.all(
    keys.map(async (key) => [key, await setting(netns, key)] as const),
  )
  return {
    links,
    addresses: addressed.flatMap(({ ifindex, addr_info = [] }) =>
      addr_info.map(({ local = '', prefixlen }) => ({
        index: ifindex,
        address: local,
        prefixLength: prefixlen,
      })),
    ),
    routes: Map.groupBy(routes, ({ destination }) => destination),
    rules: wants('rule') ? await rulesIn(netns) : [],
    settings: new Map(
      settings.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
  }
}

async function routesIn(
  netns: string,
  index: Parameters<typeof routesFrom>[2],
): Promise<readonly SeenRoute[]> {
  const of = (family: 4 | 6) =>
    listInside<IpRoute>(netns, 'ip', '-j', `-${family}`, 'route', 'show', 'table', 'all')
  return [...routesFrom(await of(4), 4, index), ...routesFrom(await of(6), 6, index)]
}

async function setting(netns: string, key: string): Promise<string | undefined> {
  const path = `/proc/sys/${key}`
  if (netns === '') return (await readText(path))?.trim()
  const { status, stdout } = await inside(netns, ['cat', path])
  return status === 0 ? stdout.trim() : undefined
}

async function elementsByKey(): Promise<ReadonlyMap<string, FoundElement>> {
  const listed = (await listTable())?.elements ?? new Map<string, readonly FoundElement[]>()
  return new Map(
    [...listed].flatMap(([set, elements]) =>
      elements.map((each) => [[set, ...bareKey(each)].join(' '), each] as const),
    ),
  )
}

interface Traffic {
  readonly limit?: FoundLimit
  readonly redirect?: number
}

interface JsonQdisc {
  readonly kind: string
  readonly options?: { readonly rate?: number; readonly burst?: number }
}

interface JsonFilter {
  readonly options?: { readonly actions?: readonly { readonly to_dev?: string }[] }
}

async function trafficOf(
  names: readonly string[],
  links: readonly FoundLink[],
): Promise<ReadonlyMap<number, Traffic>> {
  const found = links.filter(({ name }) => names.includes(name))
  const seen = found.map(async ({ name, index }) => {
    const at = ['show', 'dev', name]
    const qdiscs = await listInside<JsonQdisc>('', 'tc', '-j', 'qdisc', ...at)
    const filters = await listInside<JsonFilter>('', 'tc', '-j', 'filter', ...at, 'ingress')
    const { rate, burst } = qdiscs.find(({ kind }) => kind === 'tbf')?.options ?? {}
    const [to] = filters.flatMap(
      ({ options }) => options?.actions?.flatMap((each) => each.to_dev ?? []) ?? [],
    )
    const redirect = links.find((each) => each.name === to)?.index
    const limit = rate !== undefined && burst !== undefined ? { rate, burst } : undefined
    return [index, present({ limit, redirect })] as const
  })
  return new Map(await Promise.all(seen))
}
