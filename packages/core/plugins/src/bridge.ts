import { readCidr } from '@vethra/address'
import { CniError, type Result, type ResultRoute } from '@vethra/cni'
import type { Owned, Owner, Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import { hostEndName, macFor, macForAddress } from './names.ts'
import type { Addresses, PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import {
  askedMac,
  booleanOf,
  dnsOf,
  invalidKey,
  linkNameOf,
  mtuOf,
  objectOf,
  textOf,
} from './read-conf.ts'
import { addressOn, firstOf, type Ip, ipOf } from './subnets.ts'

/** The conf of `bridge`, checked. */
export interface BridgeConf {
  readonly bridge: string
  readonly isGateway: boolean
  readonly isDefaultGateway: boolean
  readonly ipMasq: boolean
  readonly hairpin: boolean
  readonly promiscuous: boolean
  readonly isolated: boolean
  readonly mtu?: number
  readonly mac?: string
  readonly dns?: Result['dns']
  readonly hasIpam: boolean
}

/** The plugin `bridge`: a veth between a bridge of the host and the container. */
export const bridge: Plugin<BridgeConf> = {
  type: 'bridge',
  keys: [
    'bridge',
    'isGateway',
    'isDefaultGateway',
    'ipMasq',
    'hairpinMode',
    'promiscMode',
    'portIsolation',
    'mtu',
    'dns',
    'ipam',
  ],
  fixed: {
    forceAddress: false,
    vlan: 0,
    macspoofchk: false,
    enabledad: false,
    disableContainerInterface: false,
  },
  parse,
  wants: (conf) => ({ links: [conf.bridge] }),
  plan,
}

function parse({ conf, attachment }: PluginRequest): BridgeConf {
  const hairpin = booleanOf(conf, 'hairpinMode')
  const promiscuous = booleanOf(conf, 'promiscMode')
  if (hairpin && promiscuous) {
    throw invalidKey('promiscMode', true, 'a bridge with hairpinMode cannot be promiscuous, too')
  }
  const isDefaultGateway = booleanOf(conf, 'isDefaultGateway')
  const mtu = mtuOf(conf)
  const mac = askedMac(conf, attachment.cniArgs)
  const dns = dnsOf(conf)
  return {
    bridge: linkNameOf(conf, 'bridge') ?? 'cni0',
    isGateway: booleanOf(conf, 'isGateway') || isDefaultGateway,
    isDefaultGateway,
    ipMasq: booleanOf(conf, 'ipMasq'),
    hairpin,
    promiscuous,
    isolated: booleanOf(conf, 'portIsolation'),
    ...(mtu === undefined ? {} : { mtu }),
    ...(mac === undefined ? {} : { mac }),
    ...(dns === undefined ? {} : { dns }),
    hasIpam: textOf(objectOf(conf, 'ipam') ?? {}, 'type') !== undefined,
  }
}

function plan(conf: BridgeConf, { request, addresses, facts, removing }: PlanInput): Planned {
  const { network, attachment, cniVersion } = request
  const { containerId, ifname, netns } = attachment
  const existing = facts.links[conf.bridge]
  if (existing && existing.kind !== 'bridge' && !removing)
    throw noBridge(conf.bridge, existing.kind)
  const given = withGateways(conf, addresses)
  const ips = given.ips.flatMap((each) => ipOf(each) ?? [])
  if (conf.hasIpam && ips.length === 0 && !removing) throw noAddresses()
  const hostName = hostEndName(network, containerId, ifname)
  const mac = conf.mac ?? macOf(request, ips)
  const ofNetwork: Owner = { kind: 'network', network }
  const ofAttachment: Owner = { kind: 'attachment', network, containerId, ifname }
  const bridgeMac = existing?.mac ?? macFor('bridge', conf.bridge)
  const hostMac = macFor('veth', network, containerId, ifname)
  return {
    resources: [
      ...owned(
        ofNetwork,
        bridgeResources(conf, ips, existing === undefined ? bridgeMac : undefined),
      ),
      ...owned({ kind: 'host' }, conf.isGateway ? forwarding(ips) : []),
      ...owned(
        ofAttachment,
        cable(conf, { hostName, hostMac, ifname, mac, hasIpv6: ips.some((ip) => ip.family === 6) }),
      ),
      ...owned(ofAttachment, configureInterface(ifname, ips, given.routes)),
    ],
    result: {
      cniVersion,
      interfaces: [
        { name: conf.bridge, mac: bridgeMac },
        { name: hostName, mac: hostMac },
        { name: ifname, mac, sandbox: netns },
      ],
      ips: given.ips.map((ip) => ({ ...ip, interface: 2 })),
      routes: given.routes,
      dns: conf.dns ?? given.dns,
    },
  }
}

function owned(owner: Owner, resources: readonly Resource[]): readonly Owned[] {
  return resources.map((resource) => ({ resource, owner }))
}

function macOf({ network, attachment }: PluginRequest, ips: readonly Ip[]): string {
  const first = ips.find(({ family }) => family === 4) ?? ips[0]
  return first
    ? macForAddress(network, first.address)
    : macFor(network, attachment.containerId, attachment.ifname)
}

// The gateway of a subnet is its first address where IPAM named none, and the default route goes there.
function withGateways(conf: BridgeConf, addresses: Addresses | undefined): Addresses {
  const { ips = [], routes = [], dns = {} } = addresses ?? {}
  const complete = ips.map((ip) => {
    const prefix = readCidr(ip.address)?.prefix
    return ip.gateway === undefined && conf.isGateway && prefix
      ? { ...ip, gateway: firstOf(prefix) }
      : ip
  })
  return {
    ips: complete,
    routes: conf.isDefaultGateway ? withDefault(routes, complete) : routes,
    dns,
  }
}

function withDefault(
  routes: readonly ResultRoute[],
  ips: Addresses['ips'],
): readonly ResultRoute[] {
  const added = ips.flatMap(({ address, gateway: gw }) => {
    const dst = address.includes(':') ? '::/0' : '0.0.0.0/0'
    return gw === undefined || routes.some((route) => route.dst === dst) ? [] : [{ dst, gw }]
  })
  const firsts = added.filter(({ dst }, at) => added.findIndex((each) => each.dst === dst) === at)
  return [...routes, ...firsts]
}

function bridgeResources(
  conf: BridgeConf,
  ips: readonly Ip[],
  mac: string | undefined,
): readonly Resource[] {
  const { bridge: name, mtu, promiscuous, isGateway, ipMasq } = conf
  const isNew = mac !== undefined
  return [
    {
      kind: 'link',
      place: 'host',
      name,
      type: { name: 'bridge' },
      up: true,
      // Nothing of a bridge that exists is changed: it may be others', too.
      ...(isNew ? { mac } : {}),
      ...(isNew && mtu !== undefined ? { mtu } : {}),
    },
    ...(promiscuous
      ? [{ kind: 'link settings', place: 'host', link: name, promiscuous } as const]
      : []),
    {
      kind: 'sysctl',
      place: 'host',
      key: `net/ipv6/conf/${name}/accept_ra`,
      value: '0',
      optional: true,
    },
    ...(isGateway ? ips.flatMap((ip) => gatewayAddress(name, ip)) : []),
    ...(ips.length > 0
      ? [{ kind: 'admit', bridge: name, subnets: unique(ips.map(({ subnet }) => subnet)) } as const]
      : []),
    ...(ipMasq
      ? unique(ips.map(({ subnet }) => subnet)).map(
          (subnet) => ({ kind: 'masquerade', subnet }) as const,
        )
      : []),
  ]
}

function gatewayAddress(bridgeName: string, ip: Ip): readonly Resource[] {
  return ip.gateway === undefined
    ? []
    : [addressOn('host', bridgeName, { ...ip, address: ip.gateway })]
}

function forwarding(ips: readonly Ip[]): readonly Resource[] {
  const has = (family: 4 | 6) => ips.some((ip) => ip.family === family)
  const sysctl = (key: string): Resource => ({ kind: 'sysctl', place: 'host', key, value: '1' })
  return [
    ...(has(4) ? [sysctl('net/ipv4/ip_forward')] : []),
    ...(has(6) ? [sysctl('net/ipv6/conf/all/forwarding')] : []),
  ]
}

interface Cable {
  readonly hostName: string
  readonly hostMac: string
  readonly ifname: string
  readonly mac: string
  readonly hasIpv6: boolean
}

function cable(
  conf: BridgeConf,
  { hostName, hostMac, ifname, mac, hasIpv6 }: Cable,
): readonly Resource[] {
  const { bridge: master, mtu, hairpin, isolated } = conf
  return [
    {
      kind: 'link',
      place: 'container',
      name: ifname,
      type: { name: 'veth', hostName, hostMac, bridge: master },
      up: true,
      mac,
      ...(mtu === undefined ? {} : { mtu }),
      // Router solicitations and listener reports of each container are flooded to all others.
      linkLocal: hasIpv6,
    },
    { kind: 'bridge port', link: hostName, hairpin, isolated },
  ]
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}

function noBridge(name: string, kind: string): CniError {
  return new CniError({
    code: 7,
    message: `failed to create bridge ${JSON.stringify(name)}: ${JSON.stringify(name)} already exists but is not a bridge`,
    hint: `Name another bridge in the conf list, or rename that interface${kind === '' ? '' : `, a ${kind}`}.`,
  })
}

function noAddresses(): CniError {
  return new CniError({ code: 999, message: 'IPAM plugin returned missing IP config' })
}
