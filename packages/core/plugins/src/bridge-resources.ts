import type { Resource } from '@vethra/state'
import type { BridgeConf } from './bridge-conf.ts'
import { macFor } from './names.ts'
import type { Veth } from './previous.ts'
import { addressOn, type Ip, ipOf, linkLocalOn } from './subnets.ts'

/** Facts of the bridge that its conf alone does not say. */
export interface BridgeState {
  readonly mac: string
  /** Whether the bridge is made. */
  readonly isNew: boolean
  /** Whether it keeps its MAC, whatever ports it gets. */
  readonly keepsMac: boolean
  /** Whether its containers have a route to anywhere but each other. */
  readonly hasRoutes: boolean
}

/** The resources of the bridge itself. */
export function bridgeResources(
  conf: BridgeConf,
  ips: readonly Ip[],
  { mac, isNew, keepsMac, hasRoutes }: BridgeState,
): readonly Resource[] {
  const { bridge: name, mtu, promiscuous, isGateway, ipMasq } = conf
  const gatewayLink = gatewayLinkOf(conf)
  const subnets = [...new Set(ips.map(({ subnet }) => subnet))]
  // A bridge of others may lead to the host's routers, and its link-local address be by a MAC that it had before.
  const isOurs = mac === macFor('bridge', name)
  const isInternal = ips.length > 0 && !isGateway && !ipMasq && !hasRoutes
  return [
    {
      kind: 'link',
      place: 'host',
      name,
      type: { name: 'bridge', ...(isNew && conf.vlans ? { vlanFiltering: true } : {}) },
      up: true,
      // Nothing of a bridge that exists is changed: it may be others', too.
      ...(isNew || keepsMac ? { mac } : {}),
      ...(isNew && conf.hasIpam ? { linkLocal: false } : {}),
      ...(isNew && mtu !== undefined ? { mtu } : {}),
    },
    ...(promiscuous
      ? [{ kind: 'link settings', place: 'host', link: name, promiscuous } as const]
      : []),
    ...(isOurs ? [deafTo(name)] : []),
    ...(isGateway && gatewayLink !== name ? [gatewayLinkOn(name, conf)] : []),
    ...(isGateway ? ips.flatMap((ip) => gatewayAddress(gatewayLink, ip)) : []),
    ...(isGateway && ips.some(({ family }) => family === 6) && isOurs
      ? [linkLocalOn(name, mac)]
      : []),
    ...(ips.length > 0 ? [{ kind: 'admit', bridge: name, subnets } as const] : []),
    ...(isInternal ? [{ kind: 'isolate', bridge: name, from: 'internal' } as const] : []),
    ...(ipMasq ? subnets.map((subnet) => ({ kind: 'masquerade', subnet }) as const) : []),
  ]
}

// A container is no router of the host's.
function deafTo(name: string): Resource {
  const key = `net/ipv6/conf/${name}/accept_ra`
  return { kind: 'sysctl', place: 'host', key, value: '0', optional: true }
}

/** The interface of the host that has the gateway's addresses: the bridge, or one on it for the VLAN of its containers. */
export function gatewayLinkOf({ bridge, vlans }: BridgeConf): string {
  const { untagged = 1 } = vlans ?? {}
  return untagged === 1 ? bridge : `${bridge}.${untagged}`
}

function gatewayLinkOn(parent: string, conf: BridgeConf): Resource {
  const id = conf.vlans?.untagged ?? 1
  const type = { name: 'vlan', parent, id } as const
  return { kind: 'link', place: 'host', name: gatewayLinkOf(conf), type, up: true }
}

function gatewayAddress(bridgeName: string, { gateway, prefixLength }: Ip): readonly Resource[] {
  const own = gateway === undefined ? undefined : ipOf({ address: `${gateway}/${prefixLength}` })
  return own ? [addressOn('host', bridgeName, own)] : []
}

/** The settings that let the host forward, by the families of the addresses. */
export function forwarding(ips: readonly Ip[]): readonly Resource[] {
  const has = (family: 4 | 6) => ips.some((ip) => ip.family === family)
  const sysctl = (key: string): Resource => ({ kind: 'sysctl', place: 'host', key, value: '1' })
  return [
    ...(has(4) ? [sysctl('net/ipv4/ip_forward')] : []),
    ...(has(6) ? [sysctl('net/ipv6/conf/all/forwarding')] : []),
  ]
}

/** The two ends of a container's veth. */
export interface Cable extends Veth {
  readonly ifname: string
  /** Whether it is to have a link-local address. */
  readonly linkLocal: boolean
}

/** The resources of a container's veth. */
export function cable(
  conf: BridgeConf,
  { ifname, linkLocal, mac, ...host }: Cable,
): readonly Resource[] {
  const { bridge: master, mtu, hairpin, isolated, onlyOwnMac, isDown, vlans } = conf
  return [
    {
      kind: 'link',
      place: 'container',
      name: ifname,
      type: { name: 'veth', bridge: master, ...host },
      up: !isDown,
      mac,
      ...(mtu === undefined ? {} : { mtu }),
      linkLocal,
    },
    {
      kind: 'bridge port',
      link: host.hostName,
      hairpin,
      isolated,
      ...(onlyOwnMac ? { onlyMac: mac } : {}),
      ...(vlans === undefined ? {} : { vlans }),
    },
  ]
}
