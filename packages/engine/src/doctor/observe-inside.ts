import { formatAddress, formatPrefix, readAddress, readCidr } from '@vethra/address'
import {
  goField,
  jsonOrNull,
  onCniError,
  orElse,
  type PluginConf,
  present,
  type Result,
  type ResultRoute,
} from '@vethra/cni'
import {
  attachmentText,
  type LedAway,
  type MissingResource,
  type ObservedAttachment,
  type ObservedState,
} from '@vethra/findings'
import { planFormer } from '@vethra/plugins'
import {
  diff,
  type InterfaceAddress,
  keyOf,
  type LinkSettings,
  type Owner,
  type Resource,
  type Route,
  type State,
} from '@vethra/state'
import { listReader, resultOf } from '../attach/cached-list.ts'
import { keyOf as keyOfAttachment } from '../attach/membership.ts'
import { stagesOf } from '../attach/run.ts'
import { stageOf } from '../attach/stage-runner.ts'
import { type DoctorTools, mapInTurns } from './doctor-tools.ts'
import type { NativeAttachment } from './native-effects.ts'
import { holdersOf, plain, type ReadAttachment, strangeInside } from './strange-inside.ts'

/**
 * The resources that ADD returned and that living attachments lack inside of their containers, and what was added that leads
 * packets elsewhere. Nothing of those whose namespace cannot be entered.
 */
export async function observeInside(
  { host, clock }: DoctorTools,
  made: readonly NativeAttachment[],
  seen: readonly ObservedAttachment[],
): Promise<Required<Pick<ObservedState, 'inside' | 'ledAway'>>> {
  const kernel = await host.kernel?.()
  if (kernel === undefined) return { inside: [], ledAway: [] }
  const ledAway: LedAway[] = []
  const readList = listReader()
  const places = new Map(seen.map((each) => [attachmentText(each), each.netns]))
  const holders = holdersOf(made)
  const byContainer = Map.groupBy(seen, ({ containerId }) => containerId)
  const results = new Map(
    made.map((each) => [attachmentText(keyOfAttachment(each.made)), resultOf(each.made)]),
  )
  const lacking = await mapInTurns(clock, made, async (each) => {
    const attachment = keyOfAttachment(each.made)
    const netns = places.get(attachmentText(attachment)) ?? ''
    const others = (byContainer.get(attachment.containerId) ?? [])
      .filter(({ ifname }) => ifname !== attachment.ifname)
      .map((one) => ({
        isLater: isBehind(attachment.ifname, one.ifname),
        result: results.get(attachmentText(one)),
      }))
    const result = results.get(attachmentText(attachment))
    if (netns === '' || result === undefined) return []
    const isOthers = (address: string) =>
      holders
        .get(`${attachment.network} ${address}`)
        ?.some((other) => other !== each.made.attachment.netns)
    const read = { ...each, result, list: readList(each.made), isOthers }
    const desired = insideOf(read, others)
    const look = kernel.lookInside(netns, attachment.ifname, desired)
    const inside = await look.catch(onCniError(() => undefined))
    if (inside === undefined) return []
    for (const deletion of strangeInside(read, inside))
      ledAway.push({ attachment, netns, deletion })
    return diff(desired, inside.found).flatMap((due): readonly MissingResource[] =>
      due.kind === 'remove' ? [] : [{ attachment, due }],
    )
  })
  return { inside: lacking.flat(), ledAway }
}

// Interfaces are made in the order of their numbers: eth10 comes after eth9.
function isBehind(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length
}

/** Another attachment of a container. */
interface Other {
  readonly isLater: boolean
  readonly result: Result | undefined
}

function insideOf(read: ReadAttachment, others: readonly Other[]): State {
  const { made, ways, list, result } = read
  const owner: Owner = { kind: 'attachment', ...keyOfAttachment(made) }
  const { ifname } = owner
  const on = { place: 'container', link: ifname } as const
  const plugins = list?.plugins ?? []
  const types = (ways.length > 0 ? ways : plugins).map(({ type }) => type)
  const isPlain = types.every((each) => plain.includes(each))
  const mac = result.interfaces.find((each) => each.name === ifname && each.sandbox)?.mac
  const hasMac = isPlain && !types.includes('ipvlan') && mac
  const routes = result.routes.filter((route) => !others.some((each) => isAhead(each, route)))
  const addresses = result.ips.flatMap((each) => addressOf(result, each, on))
  const resources: readonly Resource[] = [
    ...settingsInside(read, !others.some(({ isLater }) => isLater), hasMac ? { mac } : {}),
    ...addresses,
    ...(isPlain ? routes : []).flatMap((each) => routeOf(result, each, on)),
  ]
  const connected = types[0] === 'bridge' && isPlain ? addresses.flatMap(connectedBy) : []
  return [
    ...resources.map((resource) => ({ owner, resource })),
    // It comes back with the interface: as one of the network's it may be there by then.
    ...connected.map((resource) => ({
      owner: { kind: 'network', network: made.network } as const,
      resource,
    })),
  ]
}

// Of default routes the one of the lowest metric is in front, of equal ones that of the later interface; the others lead
// nowhere. Without its result a later one may have any.
function isAhead({ isLater, result }: Other, { dst, priority = 0 }: ResultRoute): boolean {
  const isLike = (other: string) =>
    other.endsWith('/0') && other.includes(':') === dst.includes(':')
  if (!isLike(dst)) return false
  if (result === undefined) return isLater
  return result.routes.some(
    (each) => isLike(each.dst) && (each.priority ?? 0) < priority + (isLater ? 1 : 0),
  )
}

function settingsInside(
  read: ReadAttachment,
  isLast: boolean,
  link: Pick<LinkSettings, 'mac'>,
): readonly Resource[] {
  const { ifname } = read.made.attachment
  const tuned = tunedBy(read)
  const on = { kind: 'link settings', place: 'container' } as const
  return [
    // What plugins in this process made has it up.
    ...(read.ways.some(({ way }) => way === 'native')
      ? [{ ...on, link: 'lo', up: true }, ownLoopback]
      : []),
    {
      ...asVeth(read.list?.plugins ?? []),
      ...tuned.find(({ kind }) => kind === 'link settings'),
      ...{ ...on, link: ifname, up: true, ...link },
    },
    ...tuned.filter(
      (each) => each.kind === 'sysctl' && (isLast || each.key.includes(`/${ifname}/`)),
    ),
  ]
}

const ownLoopback: InterfaceAddress = {
  ...{ kind: 'address', place: 'container', link: 'lo' },
  ...{ address: '127.0.0.1', prefixLength: 8 },
}

// As the kernel makes a veth, where the conf says nothing.
function asVeth([first]: readonly PluginConf[]): Pick<LinkSettings, 'arp' | 'mtu'> {
  if (first?.type !== 'bridge' && first?.type !== 'ptp') return {}
  const asked = goField(jsonOrNull(first.text), 'mtu')
  return { arp: true, mtu: typeof asked === 'number' && asked > 0 ? asked : 1500 }
}

// Whether in this process or as a program, tuning sets the same; of two values the later one stays.
function tunedBy({ made, list, result }: ReadAttachment): readonly Resource[] {
  if (list === undefined) return []
  const plugins = list.plugins.filter(({ type }) => type === 'tuning')
  const ways = plugins.map(({ type }) => ({ type, way: 'native' as const }))
  const tuned = stagesOf({ list: { ...list, plugins }, attachment: made.attachment, ways })
    .flatMap((call) => stageOf(call).requests)
    .flatMap((request) => orElse(() => planFormer([request], { result, facts: { links: {} } }), []))
  return [...new Map(tuned.map(({ resource }) => [keyOf(resource), resource])).values()]
}

type On = { readonly place: 'container'; readonly link: string }

function connectedBy({ address, prefixLength, ...on }: InterfaceAddress): readonly Route[] {
  const isV6 = address.includes(':')
  const prefix = readCidr(`${address}/${prefixLength}`)?.prefix
  if (prefix === undefined || prefixLength === (isV6 ? 128 : 32)) return []
  const metric = isV6 ? { priority: 256 } : {}
  return [{ ...on, kind: 'route', destination: formatPrefix(prefix), ...metric }]
}

function addressOf(
  { interfaces }: Result,
  ip: Result['ips'][number],
  on: On,
): readonly InterfaceAddress[] {
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
