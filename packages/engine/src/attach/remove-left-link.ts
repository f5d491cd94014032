import type { Result } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { isSameOwner } from '@vethra/state'
import type { NamedLink } from '@vethra/world'
import { resultOf } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'
import { recordsNaming } from './life.ts'
import { keyOf } from './membership.ts'
import type { Made } from './remembered.ts'
import { hostEndOf } from './replaced.ts'

const host = '/proc/self/ns/net'

/**
 * Removes an interface that DEL left in a living namespace: plugins look for it by its name, which the container can
 * change, and where the path of the namespace has gone, they do not look. A veth has its other end on the host, by the
 * name and the MAC that ADD returned. One with a parent there is known inside of a namespace that has a path by its MAC
 * and an address of ADD; a single macvlan by its MAC alone. False where there is none.
 */
export async function removeLeftLink(
  tools: HostTools,
  membership: Membership,
  { list, result }: Made,
): Promise<boolean> {
  const { netns } = membership.attachment
  const kind = list?.plugins[0]?.type ?? ''
  for (const each of result?.interfaces ?? []) {
    const inside = (each.sandbox ?? '') !== ''
    if (!inside && (await isHostEnd(tools, each)) && !(await isOthers(tools, membership, each))) {
      await removeLink(tools, membership, { place: 'host', name: each.name })
      return true
    }
    if (!inside || netns === '' || !uppers.includes(kind)) continue
    const addresses = result?.ips.map(({ address }) => address.replace(/\/.*/, '')) ?? []
    const name = await insideName(tools, membership, { kind, mac: each.mac, addresses })
    if (name === undefined) continue
    await removeLink(tools, membership, { place: 'container', name })
    return true
  }
  return false
}

/** The plugins that make an interface of their kind on top of one of the host. */
const uppers: readonly string[] = ['macvlan', 'ipvlan', 'vlan']

// bridge and ptp name the host's end so.
async function isHostEnd(
  { netns, kernel }: HostTools,
  { name, mac }: Result['interfaces'][number],
): Promise<boolean> {
  if (!name.startsWith('veth') || !(await netns.hasLink(host, name))) return false
  const { links = {} } = (await (await kernel?.())?.facts({ links: [name] })) ?? {}
  return links[name]?.kind === 'veth' && links[name].mac === mac
}

// By its mark, or, as programs mark nothing, by the results of others: the one that is read here may have been edited.
async function isOthers(
  { kernel, cache }: HostTools,
  membership: Membership,
  { name }: Result['interfaces'][number],
): Promise<boolean> {
  const own = { kind: 'attachment', ...keyOf(membership) } as const
  const marked = (await (await kernel?.())?.marked()) ?? []
  const mark = marked.find((each) => each.name === name)
  if (mark) return !isSameOwner(mark.owner, own)
  const naming = (await cache.list()).filter((each) => hostEndOf(resultOf(each)) === name)
  return naming.some((each) => !isSameOwner({ kind: 'attachment', ...keyOf(each) }, own))
}

interface Sought {
  readonly kind: string
  readonly mac: string | undefined
  readonly addresses: readonly string[]
}

async function insideName(
  tools: HostTools,
  { attachment: { netns, ifname } }: Membership,
  { kind, mac, addresses }: Sought,
): Promise<string | undefined> {
  const alike: NamedLink[] = []
  for (const each of await tools.netns.linksIn(netns)) {
    if (each.kind !== kind || each.mac !== mac || !each.leadsOut || each.name === ifname) continue
    const others = await recordsNaming(tools, { netns, ifname: each.name })
    if (others.length === 0) alike.push(each)
  }
  const same = alike.filter((each) => addresses.some((one) => each.addresses.includes(one)))
  // All others of one parent have its MAC, those that another runtime made too.
  const isProof = kind === 'macvlan' && alike.length === 1
  const [only, ...others] = isProof ? alike : same
  return others.length === 0 ? only?.name : undefined
}

async function removeLink(
  tools: HostTools,
  membership: Membership,
  { place, name }: { readonly place: 'host' | 'container'; readonly name: string },
): Promise<void> {
  const { netns } = membership.attachment
  const owner = { kind: 'attachment', ...keyOf(membership) } as const
  const type = { name: 'dummy' } as const
  const resource = { kind: 'link', place, name, type, up: true } as const
  const kernel = await tools.kernel?.()
  const at = place === 'host' ? '' : netns
  const applied = await kernel?.apply(at, [{ kind: 'remove', from: { owner, resource } }])
  if (applied?.failed) throw applied.failed.error
}
