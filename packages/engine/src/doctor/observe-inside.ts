import { formatAddress, readAddress, readCidr } from '@vethra/address'
import { onCniError, orElse, present, type Result } from '@vethra/cni'
import {
  attachmentText,
  type MissingResource,
  type ObservedAttachment,
  type ObservedState,
} from '@vethra/findings'
import { planFormer } from '@vethra/plugins'
import { diff, keyOf, type Owner, type Resource, type State } from '@vethra/state'
import type { CachedAttachment } from '@vethra/world'
import { cachedList, resultOf } from '../attach/cached-list.ts'
import { keyOf as keyOfAttachment } from '../attach/membership.ts'
import { stageOf } from '../attach/stage-runner.ts'
import { stagesOf } from '../attach/stages-of.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { mapInTurns } from './in-turns.ts'
import type { NativeAttachment } from './native-effects.ts'

/**
 * The resources that ADD returned and that living attachments lack inside of their containers: the interface up, with its
 * MAC, its addresses, its routes, what tuning set. Nothing of those whose namespace cannot be entered.
 */
export async function observeInside(
  { host, clock }: DoctorTools,
  made: readonly NativeAttachment[],
  seen: readonly ObservedAttachment[],
): Promise<readonly MissingResource[]> {
  const kernel = await host.kernel?.()
  if (kernel === undefined) return []
  const places = new Map(seen.map((each) => [attachmentText(each), each.netns]))
  const byContainer = Map.groupBy(seen, ({ containerId }) => containerId)
  const lacking = await mapInTurns(clock, made, async (each) => {
    const attachment = keyOfAttachment(each.made)
    const netns = places.get(attachmentText(attachment)) ?? ''
    const all = byContainer.get(attachment.containerId) ?? []
    const isLast = !all.some(({ ifname }) => isBehind(attachment.ifname, ifname))
    const desired = insideOf(each, isLast)
    if (netns === '' || desired.length === 0) return []
    const found = await kernel.observe(netns, desired).catch(onCniError(() => desired))
    return diff(desired, found).flatMap((due): readonly MissingResource[] =>
      due.kind === 'remove' ? [] : [{ attachment, due }],
    )
  })
  return lacking.flat()
}

const mounted: readonly string[] = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']

/** Living containers of ours that mount files which were removed or replaced. */
export async function observeMounts(
  { kernel, clock }: DoctorTools,
  seen: readonly ObservedAttachment[],
): Promise<NonNullable<ObservedState['staleMounts']>> {
  const living = seen.filter(({ ours, state }) => ours && state === 'alive')
  const places = new Map(living.map(({ netns, containerId }) => [netns, containerId]))
  const all = await mapInTurns(clock, [...places], async ([netns, containerId]) => {
    // A container can end meanwhile, or mount more than is read: that hides nothing else.
    const deleted = await kernel.deletedMounts(netns).catch(onCniError(() => []))
    const paths = deleted.filter((each) => mounted.includes(each))
    return paths.length === 0 ? [] : [{ containerId, paths }]
  })
  return all.flat()
}

// Plugins that leave routes where the result has them.
const plain: readonly string[] = [
  ...['bridge', 'ptp', 'macvlan', 'ipvlan', 'vlan'],
  ...['portmap', 'firewall', 'bandwidth', 'tuning'],
]

// Interfaces are made in the order of their numbers: eth10 comes after eth9.
function isBehind(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length
}

// Of two default routes that of the later interface is in front, and the other leads nowhere.
function insideOf({ made, ways }: NativeAttachment, isLast: boolean): State {
  const result = resultOf(made)
  if (result === undefined) return []
  const owner: Owner = { kind: 'attachment', ...keyOfAttachment(made) }
  const { ifname } = owner
  const on = { place: 'container', link: ifname } as const
  const types = (ways.length > 0 ? ways : (cachedList(made)?.plugins ?? [])).map(({ type }) => type)
  const isPlain = types.every((each) => plain.includes(each))
  const mac = result.interfaces.find((each) => each.name === ifname && each.sandbox)?.mac
  const hasMac = isPlain && !types.includes('ipvlan') && mac
  const routes = result.routes.filter(({ dst }) => isLast || !dst.endsWith('/0'))
  const tuned = tunedBy(made, result)
  const settings = tuned.find(({ kind }) => kind === 'link settings')
  const sysctls = tuned.filter(
    (each) => each.kind === 'sysctl' && (isLast || each.key.includes(`/${ifname}/`)),
  )
  const resources: readonly Resource[] = [
    { ...settings, kind: 'link settings', ...on, up: true, ...(hasMac ? { mac } : {}) },
    ...sysctls,
    ...result.ips.flatMap((each) => addressOf(result, each, on)),
    ...(isPlain ? routes : []).flatMap((each) => routeOf(result, each, on)),
  ]
  return resources.map((resource) => ({ owner, resource }))
}

// Whether in this process or as a program, tuning sets the same; of two values the later one stays.
function tunedBy(made: CachedAttachment, result: Result): readonly Resource[] {
  const list = cachedList(made)
  if (list === undefined) return []
  const ways = list.plugins.map(({ type }) => ({ type, way: 'native' as const }))
  const tuned = stagesOf({ list, attachment: made.attachment, ways })
    .flatMap((call) => stageOf(call).requests)
    .filter(({ conf }) => conf['type'] === 'tuning')
    .flatMap((request) => orElse(() => planFormer([request], { result, facts: { links: {} } }), []))
  return [...new Map(tuned.map(({ resource }) => [keyOf(resource), resource])).values()]
}

type On = { readonly place: 'container'; readonly link: string }

function addressOf({ interfaces }: Result, ip: Result['ips'][number], on: On): readonly Resource[] {
  const cidr = readCidr(ip.address)
  const isElsewhere = ip.interface !== undefined && interfaces[ip.interface]?.name !== on.link
  if (cidr === undefined || isElsewhere) return []
  const prefixLength = cidr.prefix.length
  return [{ kind: 'address', ...on, address: formatAddress(cidr.address), prefixLength }]
}

function routeOf(
  { ips }: Result,
  { dst, gw, priority, table }: Result['routes'][number],
  on: On,
): readonly Resource[] {
  const isSame = (text = '') => text !== '' && text.includes(':') === dst.includes(':')
  const via = gw ?? ips.map(({ gateway }) => gateway).find(isSame)
  const gateway = via === undefined ? undefined : readAddress(via)
  if (gateway === undefined || readCidr(dst) === undefined || table !== undefined) return []
  const to = { destination: dst, gateway: formatAddress(gateway), inFront: true }
  return [{ kind: 'route', ...on, ...to, ...present({ priority }) }]
}
