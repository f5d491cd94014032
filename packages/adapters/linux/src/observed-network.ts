import { readFile } from 'node:fs/promises'
import { present } from '@vethra/cni'
import type { ObservedLink, ObservedRule } from '@vethra/findings'
import { readMark } from '@vethra/state'
import type { SeenNetwork } from '@vethra/world'
import { prefixesOf, routePrefix, takesSpace } from './host-prefixes.ts'
import { type IpLink, type IpRoute, ipJson, parseIpJson } from './ip-json.ts'
import { failed, run } from './run.ts'

/** The interfaces, routes and neighbour entries of the host: by one program, however many there are. Throws CniError 5 and 100. */
export async function observedNetwork(): Promise<SeenNetwork> {
  const outcome = await run('ip', ['-j', '-d', '-batch', '-'], looks)
  if (outcome.status !== 0) throw failed(`ip -batch (${looks.split('\n').join('; ')})`, outcome)
  const [links = '', routes = '', neighbours = '', rules = ''] = outcome.stdout.split('\n')
  const [seen, found] = [parseIpJson<IpLink>(links), parseIpJson<IpRoute>(routes)]
  const isDual = seen.some((each) => isBridge(each) && prefixesOf(each).some(isGlobal))
  const six = isDual ? await ipJson<IpRule>('-6', 'rule') : []
  return {
    links: await seenLinks(seen, localOnes(found)),
    rules: [...parseIpJson<IpRule>(rules).map(ruleOf(4, found)), ...six.map(ruleOf(6, found))],
    routes: found
      .filter((each) => takesSpace(each) || leadsPast(each))
      .map(routePrefix)
      .map(({ prefix, interface: device }) => ({ prefix, device })),
    neighbours: parseIpJson<IpNeighbour>(neighbours).map(({ dst, dev, lladdr = '' }) => ({
      ...{ device: dev, address: dst, mac: lladdr },
    })),
  }
}

// The kernel makes no permanent neighbours, but for multicast. Each command prints one line.
const looks = 'addr\nroute show table all\nneigh show nud permanent\nrule'

interface IpRule {
  readonly priority: number
  readonly src?: string
  readonly srclen?: number
  readonly dst?: string
  readonly dstlen?: number
  readonly iif?: string
  readonly action?: string
  readonly table?: string
}

const plain = ['priority', 'src', 'srclen', 'dst', 'dstlen', 'iif', 'action', 'table', 'protocol']
const refusals = ['blackhole', 'unreachable', 'prohibit']

function ruleOf(family: 4 | 6, routes: readonly IpRoute[]): (rule: IpRule) => ObservedRule {
  const tables = tablesOf(family, routes)
  return (rule) => {
    const ways = tables.get(rule.table ?? '') ?? []
    const { priority, src, srclen, dst, dstlen, iif, action = '', table } = rule
    const [from, to] = [prefixOf(src, srclen), prefixOf(dst, dstlen)]
    const isPlain = Object.keys(rule).every((key) => plain.includes(key))
    const words = Object.entries({ from: from ?? 'all', to, iif, lookup: table }).flatMap(
      ([key, value]) => (value === undefined ? [] : [key, value]),
    )
    const selector = [...words, action].join(' ').trim()
    const refuses = refusals.includes(action) || isRefusing(ways)
    const leadsBy = leadOf(ways)
    return {
      ...{ family, priority, ...present({ from, to, iif, table, leadsBy }) },
      ...{ isPlain, refuses, selector },
    }
  }
}

// Table main is the last one that is looked up.
function leadsPast({ type, table, dst }: IpRoute): boolean {
  return type === 'throw' && (table ?? 'main') === 'main' && dst !== 'default'
}

function tablesOf(
  family: 4 | 6,
  routes: readonly IpRoute[],
): ReadonlyMap<string, readonly IpRoute[]> {
  const isOf = ({ dst, pref }: IpRoute) =>
    (pref !== undefined || dst.includes(':')) === (family === 6)
  return Map.groupBy(routes.filter(isOf), ({ table = 'main' }) => table)
}

// A table that has a way to nowhere.
function isRefusing(all: readonly IpRoute[]): boolean {
  return (
    all.every(({ type = '' }) => refusals.includes(type)) &&
    all.some(({ dst }) => dst === 'default')
  )
}

// A table whose one route is for all packets.
function leadOf([only, ...more]: readonly IpRoute[]): string | undefined {
  const { dst, table, dev } = only ?? {}
  return more.length === 0 && dst === 'default' && table ? dev : undefined
}

// Addresses with their interfaces, for which the host takes packets.
function localOnes(routes: readonly IpRoute[]): ReadonlySet<string> {
  return new Set(
    routes.flatMap(({ type, dst, dev }) => (type === 'local' ? [`${dst} ${dev}`] : [])),
  )
}

function prefixOf(address: string | undefined, length?: number): string | undefined {
  if (address === undefined || address === 'all') return undefined
  return `${address}/${length ?? (address.includes(':') ? 128 : 32)}`
}

interface IpNeighbour {
  readonly dst: string
  readonly dev: string
  readonly lladdr?: string
}

async function seenLinks(
  links: readonly IpLink[],
  local: ReadonlySet<string>,
): Promise<readonly ObservedLink[]> {
  const all = {
    arp_ignore: await setting('all', 'arp_ignore'),
    rp_filter: await setting('all', 'rp_filter'),
    route_localnet: await setting('all', 'route_localnet'),
  }
  const settings = new Map(
    await Promise.all(
      links
        .filter((each) => isBridge(each) || isUplink(each))
        .map(async ({ ifname }) => [ifname, await settingsOf(ifname, all)] as const),
    ),
  )
  const trees = new Set(
    links.flatMap(({ ifname, linkinfo }) => (linkinfo?.info_data?.stp_state ? [ifname] : [])),
  )
  return links.map((link) => ({
    name: link.ifname,
    ...(link.altnames ? { otherNames: link.altnames } : {}),
    bridge: isBridge(link),
    up: link.flags.includes('UP'),
    ...(link.flags.includes('NOARP') ? { noArp: true as const } : {}),
    mtu: link.mtu,
    ...(link.address === undefined ? {} : { mac: link.address }),
    ...portOf(link),
    ...settings.get(link.ifname),
    ...(link.master === undefined ? {} : { master: link.master }),
    ...(isBlocked(link, trees) ? { blocked: true as const } : {}),
    addresses: prefixesOf(link),
    ...deafOf(link, local),
    ...(shaping.includes(link.qdisc ?? '') ? { shapedBy: link.qdisc } : {}),
    ...ownerOf(link),
  }))
}

function ownerOf(link: IpLink): Pick<ObservedLink, 'owner'> {
  const owner = isBridge(link) ? undefined : readMark(link.ifalias ?? '')
  return owner && owner.kind !== 'host' ? { owner } : {}
}

function isBridge({ linkinfo }: IpLink): boolean {
  return linkinfo?.info_kind === 'bridge'
}

// Where packets of other hosts may come by. Those of attachments are as many as there are containers.
function isUplink({ master, addr_info = [], flags, ifalias = '' }: IpLink): boolean {
  return (
    master === undefined &&
    addr_info.length > 0 &&
    !flags.includes('LOOPBACK') &&
    readMark(ifalias) === undefined
  )
}

/** Disciplines that hold packets back, or lose them, and that nobody has by default. */
const shaping = ['tbf', 'netem', 'htb', 'hfsc', 'cake', 'plug', 'blackhole']

function deafOf(link: IpLink, local: ReadonlySet<string>): Pick<ObservedLink, 'deafAt'> {
  if (!isBridge(link)) return {}
  // The kernel makes the route once it knows that no other host has the address.
  const known = (link.addr_info ?? []).filter(({ tentative }) => !tentative)
  const deafAt = prefixesOf({ ...link, addr_info: known }).filter(
    (each) => !local.has(`${each.replace(/\/.*/, '')} ${link.ifname}`),
  )
  return deafAt.length > 0 ? { deafAt } : {}
}

function isGlobal(prefix: string): boolean {
  return prefix.includes(':') && !prefix.startsWith('fe80:')
}

// The kernel itself disables a port whose other end is down, and has one listen for spanning trees alone.
function isBlocked({ flags, linkinfo, master = '' }: IpLink, trees: ReadonlySet<string>): boolean {
  const { state = '' } = linkinfo?.info_slave_data ?? {}
  const isWaiting = state === 'listening' || state === 'learning'
  return flags.includes('LOWER_UP') && (state === 'disabled' || (isWaiting && !trees.has(master)))
}

/** The settings of a port of a bridge that let frames pass. */
export const openings = ['learning', 'flood', 'bcast_flood', 'mcast_flood'] as const

function portOf({ linkinfo }: IpLink): Pick<ObservedLink, 'port'> {
  const { hairpin, isolated, locked, ...data } = linkinfo?.info_slave_data ?? {}
  if (hairpin === undefined || isolated === undefined) return {}
  const open = !locked && openings.every((each) => data[each] !== false)
  return { port: { hairpin, isolated, open } }
}

async function settingsOf(
  name: string,
  all: Readonly<Record<'arp_ignore' | 'rp_filter' | 'route_localnet', string>>,
): Promise<Pick<ObservedLink, 'forwards' | 'strict' | 'silencedBy' | 'keepsLocal'>> {
  // Of the two the higher one counts: rp_filter 1 is strict, 2 is not, and arp_ignore 8 answers nobody.
  const both = async (key: keyof typeof all) => [all[key], await setting(name, key)]
  const silent = (await both('arp_ignore')).indexOf('8')
  const silencedBy = `net.ipv4.conf.${['all', name.replaceAll('.', '/')][silent]}.arp_ignore`
  return {
    ...((await setting(name, 'forwarding')) === '0' ? { forwards: false } : {}),
    ...((await both('rp_filter')).toSorted().at(-1) === '1' ? { strict: true } : {}),
    ...(silent === -1 ? {} : { silencedBy }),
    ...((await both('route_localnet')).includes('1') ? {} : { keepsLocal: true }),
  }
}

async function setting(name: string, key: string): Promise<string> {
  return (await readFile(`/proc/sys/net/ipv4/conf/${name}/${key}`, 'utf8').catch(() => '')).trim()
}
