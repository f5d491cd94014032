import { readText } from '@vethra/files'
import type { Outcome } from '@vethra/plugin-exec/programs'
import type { LinkInside, NamedLink, NamespaceFacts, SeenInterface } from '@vethra/world'
import { changeablePart } from './changeable-part.ts'
import { type IpLink, parseIpJson } from './ip-json.ts'
import { bootOfHost, here, lookAtNetns, withNetns } from './look-at-netns.ts'
import { pluginsEnded } from './plugins-at-work.ts'
import { inside, run } from './run.ts'

/** Facts about namespaces and the processes of plugins. `bootNow` names the time that a namespace lives in at most. */
export function namespaceFacts(bootNow: () => string | undefined = bootOfHost): NamespaceFacts {
  let known: ReturnType<typeof here> | undefined
  const hereNow = () => {
    known ??= here(bootNow)
    return known
  }
  return {
    look: async (path) => lookAtNetns(path, await hereNow()),
    changeablePart,
    interfaceIn: async (path, ifname) => {
      const { kernel } = await hereNow()
      if (!kernel) return undefined
      return withNetns(path, (descriptor) =>
        interfaceIn(descriptor, ifname, kernel.cookieInBun(descriptor)),
      )
    },
    hasLink,
    linkAt,
    linksIn,
    nonce: () => crypto.randomUUID(),
    pluginsEnded,
  }
}

// By the descriptor: what is at the path may be another namespace a moment later.
async function interfaceIn(
  descriptor: number,
  ifname: string,
  cookie: string | undefined,
): Promise<SeenInterface | undefined> {
  if (cookie === undefined) return undefined
  const netns = `/proc/${process.pid}/fd/${descriptor}`
  const shown = await inside(netns, ['ip', '-j', 'addr', 'show', 'dev', ifname])
  if (shown.status !== 0) return undefined
  const [link] = parseIpJson<IpLink>(shown.stdout)
  const addresses = link?.addr_info?.map(({ local, prefixlen }) => `${local}/${prefixlen}`) ?? []
  return { cookie, mac: link?.address ?? '', addresses }
}

const ofProcess = /^\/proc\/(\d+)\/ns\/net$/

async function hasLink(netns: string, ifname: string): Promise<boolean> {
  const pid = ofProcess.exec(netns)?.[1]
  // A hook asks this of each container, and reading needs neither a visit nor a program.
  const listed = pid && (await readText(`/proc/${pid}/net/dev`))
  if (listed !== undefined && listed !== '') return names(listed).includes(ifname)
  if (process.versions['bun'] !== undefined) {
    const { hasLinkInBun } = await import('./loopback-in-bun.ts')
    return hasLinkInBun(netns, ifname)
  }
  const { status, stdout } = await inside(netns, ['cat', '/proc/self/net/dev'])
  return status === 0 && names(stdout).includes(ifname)
}

async function linkAt(netns: string, ifname: string): Promise<LinkInside | undefined> {
  const [link] = parse(await inside(netns, ['ip', '-d', '-j', 'link', 'show', 'dev', ifname]))
  if (link === undefined) return undefined
  const here = parse(await run('ip', ['-d', '-j', 'link']))
  const other = here.find((each) => isPair(each, link))
  return {
    kind: link.linkinfo?.info_kind ?? '',
    mac: link.address ?? '',
    ...(link.ifname === ifname ? {} : { isAlias: true }),
    ...(other === undefined ? {} : { otherEnd: other.ifname, bridge: other.master ?? '' }),
  }
}

async function linksIn(netns: string): Promise<readonly NamedLink[]> {
  const all = parse(await inside(netns, ['ip', '-d', '-j', 'addr']))
  return all.map(({ ifname, address, linkinfo, link_netnsid, addr_info }) => ({
    name: ifname,
    kind: linkinfo?.info_kind ?? '',
    mac: address ?? '',
    addresses: addr_info?.flatMap(({ local }) => local ?? []) ?? [],
    leadsOut: link_netnsid !== undefined,
  }))
}

function names(listed: string): readonly string[] {
  return [...listed.matchAll(/^ *([^\s:]+):/gm)].map(([, name = '']) => name)
}

function isPair(one: IpLink, other: IpLink): boolean {
  return (
    one.linkinfo?.info_kind === 'veth' &&
    one.ifindex === other.link_index &&
    one.link_index === other.ifindex
  )
}

function parse({ status, stdout }: Outcome): readonly IpLink[] {
  return status === 0 ? parseIpJson(stdout) : []
}
