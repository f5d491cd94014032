import { isIn } from '@vethra/address'
import { confError, present, type Result, type ResultIp } from '@vethra/cni'
import type { Resource, Route } from '@vethra/state'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, PluginRequest, RuleFact } from './plugin.ts'
import { needsPrevious } from './previous.ts'
import { arrayOf, booleanOf, integerOf, invalidKey } from './read-conf.ts'
import { hostPrefix, type Ip, ipOf } from './subnets.ts'
import { words } from './words.ts'

/** The conf of `sbr`, checked. */
export interface SbrConf {
  /** The table of all addresses; absent for one each, from 100. */
  readonly table?: number
  /** Gateways in place of those of the addresses, one a family at most. */
  readonly gateways: readonly string[]
  readonly sourceHints: boolean
}

/** The plugin `sbr`: what the container sends from an address of this interface leaves by it. */
export const sbr: Plugin<SbrConf> = {
  type: 'sbr',
  chained: 'This plugin must be called as chained plugin',
  alone: true,
  keys: ['table', 'gateways', 'addSourceHints'],
  parse,
  wants: () => ({ tables: true, routes: true }),
  plan,
}

function parse({ conf }: PluginRequest): SbrConf {
  const table = integerOf(conf, 'table', [0, 2 ** 32 - 1])
  const gateways = arrayOf(conf, 'gateways').map((each) => {
    if (typeof each === 'string') return each
    throw invalidKey('gateways', each, 'it must be an address')
  })
  const of6 = gateways.filter((each) => each.includes(':')).length
  if (of6 > 1 || gateways.length - of6 > 1)
    throw confError('only one gateway per address family is supported')
  return {
    gateways,
    sourceHints: booleanOf(conf, 'addSourceHints'),
    ...(table ? { table } : {}),
  }
}

function plan(conf: SbrConf, { request, previous, facts, removing }: PlanInput): Planned {
  const result = needsPrevious('sbr', { previous, request, removing })
  const { ifname } = request.attachment
  const own = (resources: readonly Resource[]) => owned(ownerOf(request), resources)
  const ips = result.ips.filter((ip) => isOn(result, ip, ifname)).flatMap((ip) => ipOf(ip) ?? [])
  if (ips.length === 0 && !removing) throw confError(words.noAddresses(ifname))
  const tables = tablesFor(ips, conf, facts.tables ?? [])
  const found = removing ? undefined : facts.routes?.filter(({ link }) => link === ifname)
  const routes = ips.map((ip) =>
    found ? found.filter((route) => isRouteOf(ip, route)) : mainRoutes(result, ip, ifname),
  )
  return {
    resources: ips.flatMap((ip, at) => {
      const table = tables[at] ?? 0
      const rule: Resource = { kind: 'rule', place: 'container', source: hostPrefix(ip), table }
      if (hasRoutesOfOthers(conf)) return own([rule])
      return own([rule, ...tableRoutes(conf, ip, { table, routes: routes[at] ?? [], ifname })])
    }),
    // Routes of another table do not count while those of the main one are there.
    removes: hasRoutesOfOthers(conf) ? [] : own([...new Set(routes.flat())]),
    result,
  }
}

// A table by its number alone: whoever named it fills it (reference plugins, doRoutesWithTable).
function hasRoutesOfOthers({ table, gateways, sourceHints }: SbrConf): boolean {
  return table !== undefined && gateways.length === 0 && !sourceHints
}

// Routes by an address of its subnet, and those that say nothing of one. Neighbours are found by the link-local one, which stays.
function isRouteOf({ family, subnet }: Ip, { destination, gateway, source }: Route): boolean {
  if (destination.includes(':') !== (family === 6) || destination.startsWith('fe80:')) return false
  if (gateway === undefined && source === undefined) return true
  return [gateway, source].some((each) => each !== undefined && isIn(subnet, each))
}

function isOn({ interfaces }: Result, { interface: at }: ResultIp, ifname: string): boolean {
  return at === undefined || interfaces[at] === undefined || interfaces[at].name === ifname
}

const firstTable = 100

function tablesFor(
  ips: readonly Ip[],
  { table }: SbrConf,
  taken: readonly RuleFact[],
): readonly number[] {
  const used = new Set(taken.map((each) => each.table))
  return ips.map((ip) => {
    if (table !== undefined) return table
    const own = taken.find(({ source }) => source === hostPrefix(ip))
    if (own !== undefined) return own.table
    let free = firstTable
    while (used.has(free)) free += 1
    used.add(free)
    return free
  })
}

// What the main table has of an address: the route to its subnet, and those that ADD made.
function mainRoutes({ routes }: Result, ip: Ip, link: string): readonly Route[] {
  const common = { kind: 'route', place: 'container', link } as const
  const priority = ip.family === 6 ? { priority: 256 } : {}
  const subnet: Route = { ...common, destination: ip.subnet, ...priority }
  const made = routes
    .filter(({ dst }) => dst.includes(':') === (ip.family === 6))
    .map(({ dst, gw, priority: metric }): Route => {
      const gateway = gw ?? ip.gateway
      return { ...common, destination: dst, ...present({ gateway, priority: metric }) }
    })
  return [subnet, ...made]
}

interface TableRoutes {
  readonly table: number
  readonly routes: readonly Route[]
  readonly ifname: string
}

function tableRoutes(
  { gateways, sourceHints }: SbrConf,
  ip: Ip,
  { table, routes, ifname }: TableRoutes,
): readonly Route[] {
  const is6 = ip.family === 6
  const gateway = gateways.find((each) => each.includes(':') === is6) ?? ip.gateway
  const hint = sourceHints ? { source: ip.address } : {}
  const destination = is6 ? '::/0' : '0.0.0.0/0'
  const on = { kind: 'route', place: 'container', link: ifname } as const
  const standard: Route = { ...on, destination, table, ...hint, ...present({ gateway }) }
  const copies = routes
    .filter((route) => gateway === undefined || route.destination !== destination)
    .map((route) => ({ ...route, table, ...hint }))
  return gateway === undefined ? copies : [...copies, standard]
}
