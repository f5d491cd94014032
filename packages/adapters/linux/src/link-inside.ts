import { readText } from '@vethra/files'
import type { Outcome } from '@vethra/plugin-exec/programs'
import type { LinkInside, NamedLink } from '@vethra/world'
import { type IpLink, parseIpJson } from './ip-json.ts'
import { inside, run } from './run.ts'

const ofProcess = /^\/proc\/(\d+)\/ns\/net$/

/** Whether the namespace at a path has an interface of that name; false where it cannot be entered. */
export async function hasLink(netns: string, ifname: string): Promise<boolean> {
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

/** An interface of the namespace at a path; undefined when there is none. */
export async function linkAt(netns: string, ifname: string): Promise<LinkInside | undefined> {
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

/** All interfaces of the namespace at a path; empty where it cannot be entered. */
export async function linksIn(netns: string): Promise<readonly NamedLink[]> {
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
