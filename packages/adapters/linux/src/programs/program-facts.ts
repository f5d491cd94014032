import type { FoundLink } from '@vethra/netlink'
import type { DeviceRef, Facts, WantedFacts } from '@vethra/plugins'
import { interfaceBelow } from '../interface-below.ts'
import { run } from '../run.ts'
import { inside } from './batch.ts'
import { type JsonAddressed, type JsonLink, linksFrom } from './ip-look.ts'
import { rulesIn } from './look.ts'

/** The interfaces of the host, as `ip -d link show` lists them. */
export async function hostLinks(): Promise<readonly FoundLink[]> {
  return linksFrom(await json<JsonLink>('-d', 'link', 'show'))
}

/** The facts that a plan asks for, of the host and of a container's namespace, a path. */
export async function factsOf(wanted: WantedFacts, netns = ''): Promise<Facts> {
  const { links = [], defaultRoute = false, inside: own = [], tables = false, device } = wanted
  const found = await hostLinks()
  const [route] = defaultRoute
    ? [
        ...(await json<{ dev?: string }>('-4', 'route', 'show', 'default')),
        ...(await json<{ dev?: string }>('-6', 'route', 'show', 'default')),
      ]
    : []
  const named = device === undefined ? undefined : deviceAmong(found, device)
  const names = [...links, ...(route?.dev ? [route.dev] : []), ...(named ? [named] : [])]
  const bridges = found.some(({ name, kind }) => kind === 'bridge' && names.includes(name))
  const addressed = bridges ? await json<JsonAddressed>('addr') : []
  const away = netns !== '' && own.length > 0 ? await insideOf<JsonLink>(netns, '-d', 'link') : []
  const rules = tables && netns !== '' ? await rulesIn(netns) : []
  return {
    links: linkFacts(found, names, addressed),
    ...(route?.dev === undefined ? {} : { defaultRoute: route.dev }),
    ...(netns === '' ? {} : { inside: linkFacts(linksFrom(away), own, []) }),
    ...(tables && netns !== '' ? { tables: rules } : {}),
    ...(named === undefined ? {} : { device: named }),
  }
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

async function insideOf<T>(netns: string, ...words: readonly string[]): Promise<readonly T[]> {
  const { status, stdout } = await inside(netns, ['ip', '-j', ...words])
  return status !== 0 || stdout.trim() === '' ? [] : JSON.parse(stdout)
}

async function json<T>(...words: readonly string[]): Promise<readonly T[]> {
  const { status, stdout } = await run('ip', ['-j', ...words])
  return status !== 0 || stdout.trim() === '' ? [] : JSON.parse(stdout)
}
