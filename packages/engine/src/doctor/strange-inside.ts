import type { ConfList, Result } from '@vethra/cni'
import type { Route } from '@vethra/state'
import type { SeenInside } from '@vethra/world'
import { resultOf } from '../attach/cached-list.ts'
import type { NativeAttachment } from './native-effects.ts'

/** A living attachment, with what its ADD returned, and its conf list. */
export interface ReadAttachment extends NativeAttachment {
  /** Whether another namespace has an address in its network. */
  readonly isOthers: (address: string) => boolean | undefined
  readonly result: Result
  readonly list: ConfList | undefined
}

/**
 * Returns the ip(8) commands that delete what was added inside of a container's network namespace. These are addresses of other
 * containers, PERMANENT neighbours, and rules and routes of type blackhole, unreachable, prohibit or throw. Routes via another
 * gateway are deleted where their metric is lower than that of the network's.
 */
export function strangeInside(
  { made, list, isOthers, result: { ips, routes: given } }: ReadAttachment,
  { routes, neighbours, addresses, refusals }: SeenInside,
): readonly string[] {
  const { ifname } = made.attachment
  const gateways = new Set(ips.map(({ gateway }) => gateway))
  const own = new Set([...gateways, ...given.map(({ gw }) => gw)])
  const isFirst = ({ destination, priority = 0 }: Route, at: number) =>
    !routes.some(
      (each, index) =>
        each.destination === destination &&
        own.has(each.gateway) &&
        ((each.priority ?? 0) < priority || ((each.priority ?? 0) === priority && index < at)),
    )
  const away = routes.filter(
    (each, at) =>
      each.gateway !== undefined &&
      // Those of router advertisements come by themselves.
      !each.gateway.startsWith('fe80:') &&
      !own.has(each.gateway) &&
      isFirst(each, at),
  )
  return [
    ...(ips.some(({ gateway }) => gateway) && isPlainlyMade(list) ? away : []).map(
      ({ destination, gateway, priority = 0 }) =>
        `ip route delete ${destination} via ${gateway} dev ${ifname} metric ${priority}`,
    ),
    ...(isPlainlyMade(list) ? refusals : []),
    ...addresses
      .filter(({ address }) => isOthers(address) || (isBridged(list) && gateways.has(address)))
      .map((each) => `ip address delete ${each.address}/${each.prefixLength} dev ${each.link}`),
    ...neighbours.map((address) => `ip neigh delete ${address} dev ${ifname}`),
  ]
}

/** Plugins that leave routes where the result has them. */
export const plain: readonly string[] = [
  ...['bridge', 'ptp', 'macvlan', 'ipvlan', 'vlan'],
  ...['portmap', 'firewall', 'bandwidth', 'tuning'],
]

function isBridged(list: ConfList | undefined): boolean {
  return list?.plugins[0]?.type === 'bridge'
}

function isPlainlyMade(list: ConfList | undefined): boolean {
  return (list?.plugins ?? []).every(({ type }) => plain.includes(type))
}

/** By `NETWORK ADDRESS`, the paths of the namespaces that attachments gave the address to. */
export function holdersOf(
  made: readonly NativeAttachment[],
): ReadonlyMap<string, readonly string[]> {
  const all = made.flatMap(({ made: each }) =>
    (resultOf(each)?.ips ?? []).map(({ address }) => ({
      key: `${each.network} ${address.replace(/\/.*/, '')}`,
      netns: each.attachment.netns,
    })),
  )
  const groups = Map.groupBy(all, ({ key }) => key)
  return new Map([...groups].map(([key, group]) => [key, group.map(({ netns }) => netns)]))
}
