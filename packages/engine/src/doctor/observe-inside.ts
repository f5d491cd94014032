import { formatAddress, readAddress, readCidr } from '@vethra/address'
import { onCniError, orElse, parseResult, type Result } from '@vethra/cni'
import { attachmentText, type MissingResource, type ObservedAttachment } from '@vethra/findings'
import { diff, type Owner, type Resource, type State } from '@vethra/state'
import { cachedList } from '../attach/cached-list.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { mapInTurns } from './in-turns.ts'
import { keyOfMade, type NativeAttachment } from './native-effects.ts'

/**
 * The resources that ADD returned and that living attachments lack inside of their containers: the interface up, its
 * addresses, its routes. Nothing of those whose namespace cannot be entered.
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
    const attachment = keyOfMade(each)
    const netns = places.get(attachmentText(attachment)) ?? ''
    const isAlone = byContainer.get(attachment.containerId)?.length === 1
    const desired = insideOf(each, isAlone)
    if (netns === '' || desired.length === 0) return []
    const found = await kernel.observe(netns, desired).catch(onCniError(() => desired))
    return diff(desired, found).flatMap((due): readonly MissingResource[] =>
      due.kind === 'remove' ? [] : [{ attachment, due }],
    )
  })
  return lacking.flat()
}

// Plugins that leave routes where the result has them.
const plain: readonly string[] = [
  ...['bridge', 'ptp', 'macvlan', 'ipvlan', 'vlan'],
  ...['portmap', 'firewall', 'bandwidth', 'tuning'],
]

// Of two interfaces with a default route the one that came first has it.
function insideOf({ made, ways }: NativeAttachment, isAlone: boolean): State {
  const { network, attachment } = made
  const { containerId, ifname } = attachment
  const result = orElse(() => parseResult(made.result ?? '', '0.1.0').result, undefined)
  if (result === undefined) return []
  const owner: Owner = { kind: 'attachment', network, containerId, ifname }
  const on = { place: 'container', link: ifname } as const
  const types = (ways.length > 0 ? ways : (cachedList(made)?.plugins ?? [])).map(({ type }) => type)
  const routed = isAlone && types.every((each) => plain.includes(each))
  const resources: readonly Resource[] = [
    { kind: 'link settings', ...on, up: true },
    ...result.ips.flatMap((each) => addressOf(result, each, on)),
    ...(routed ? result.routes : []).flatMap((each) => routeOf(result, each, on)),
  ]
  return resources.map((resource) => ({ owner, resource }))
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
  const metric = priority === undefined ? {} : { priority }
  return [{ kind: 'route', ...on, destination: dst, gateway: formatAddress(gateway), ...metric }]
}
