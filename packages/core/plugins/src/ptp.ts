import { addressBits, isIn } from '@vethra/address'
import { confError, present, type Result } from '@vethra/cni'
import type { Resource } from '@vethra/state'
import { forwarding } from './bridge-resources.ts'
import { configureInterface } from './configure-interface.ts'
import { interfaceMac } from './names.ts'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { type Veth, vethOf } from './previous.ts'
import { booleanOf, dnsOf, mtuOf, textOf } from './read-conf.ts'
import { hostPrefix, type Ip, ipOf, linkLocalOn, withGateway } from './subnets.ts'

/** The conf of `ptp`, checked. */
export interface PtpConf {
  readonly ipMasq: boolean
  readonly mtu?: number
  readonly dns?: Result['dns']
}

/** The plugin `ptp`: a veth between host and container, with a route to each of its addresses. */
export const ptp: Plugin<PtpConf> = {
  type: 'ptp',
  makes: 'veth',
  features: ['veth'],
  keys: ['ipMasq', 'ipMasqBackend', 'mtu', 'dns', 'ipam'],
  parse,
  plan,
}

function parse({ conf }: PluginRequest): PtpConf {
  const backend = textOf(conf, 'ipMasqBackend')
  if (backend !== undefined && backend !== 'iptables' && backend !== 'nftables')
    throw confError(`unknown ipmasq backend ${JSON.stringify(backend)}`)
  return { ipMasq: booleanOf(conf, 'ipMasq'), ...present({ mtu: mtuOf(conf), dns: dnsOf(conf) }) }
}

function plan(conf: PtpConf, input: PlanInput): Planned {
  const { attachment, cniVersion } = input.request
  const { ifname, netns } = attachment
  const { ips: given = [], routes = [], dns = {} } = input.addresses ?? {}
  const complete = given.map(withGateway)
  const ips = complete.flatMap((ip) => ipOf(ip) ?? [])
  const veth = vethOf(input, interfaceMac(input.request, ips[0]))
  const resources = [
    ...cable(conf, { ifname, veth, ips, called: input.request.called === true }),
    ...configureInterface(input.request, ips, routes).map((each) => withoutSubnet(each, ips)),
    ...ofFirewall(conf, veth, ips),
  ]
  return {
    resources: owned(ownerOf(input.request), resources),
    result: {
      cniVersion,
      interfaces: [
        { name: veth.hostName, mac: veth.hostMac },
        { name: ifname, mac: veth.mac, sandbox: netns },
      ],
      ips: complete.map((ip) => ({ ...ip, interface: 1 })),
      routes,
      dns: conf.dns ?? dns,
    },
  }
}

interface Cabled {
  readonly ifname: string
  readonly veth: Veth
  readonly ips: readonly Ip[]
  readonly called: boolean
}

function cable({ mtu }: PtpConf, { ifname, veth, ips, called }: Cabled): readonly Resource[] {
  const { mac, ...host } = veth
  const has6 = ips.some(({ family }) => family === 6)
  return [
    {
      kind: 'link',
      place: 'container',
      name: ifname,
      type: { name: 'veth', ...host },
      up: true,
      mac,
      ...present({ mtu }),
      linkLocal: called || has6,
    },
    ...ips.flatMap((ip) => onHost(veth.hostName, ip)),
    ...(has6 ? [linkLocalOn(veth.hostName, veth.hostMac)] : []),
    ...ips.flatMap((ip) => inContainer(ifname, ip)),
  ]
}

// By its addresses alone: others of the subnet come and go without it.
function ofFirewall(
  { ipMasq }: PtpConf,
  { hostName }: Veth,
  ips: readonly Ip[],
): readonly Resource[] {
  const subnets = ips.map(hostPrefix)
  return [
    ...(ips.length > 0 ? [{ kind: 'admit', bridge: hostName, subnets } as const] : []),
    ...(ipMasq ? subnets.map((subnet) => ({ kind: 'masquerade', subnet }) as const) : []),
  ]
}

// The subnet is behind the gateway, not on the link: no address brings the kernel's route to it, by which another router of the subnet
// would be a neighbour.
function withoutSubnet(resource: Resource, ips: readonly Ip[]): Resource {
  if (resource.kind === 'address') return { ...resource, prefixRoute: false }
  if (resource.kind !== 'route') return resource
  const { gateway: router = '' } = resource
  const isBehind = ips.some(({ subnet, gateway }) => router !== gateway && isIn(subnet, router))
  return isBehind ? { ...resource, onLink: true } : resource
}

function onHost(link: string, ip: Ip): readonly Resource[] {
  const { family, gateway: address } = ip
  const on = { place: 'host', link } as const
  const own = address === undefined ? [] : [{ address, prefixLength: addressBits(family) }]
  return [
    ...forwarding([ip]),
    ...own.map((each) => ({ kind: 'address', ...on, ...each }) as const),
    { kind: 'route', ...on, destination: hostPrefix(ip), scope: 'host' },
  ]
}

function inContainer(link: string, ip: Ip): readonly Resource[] {
  const { gateway, family, subnet, address: source } = ip
  if (gateway === undefined) return []
  return [
    {
      kind: 'route',
      place: 'container',
      link,
      destination: `${gateway}/${addressBits(family)}`,
      scope: 'link',
      source,
    },
    { kind: 'route', place: 'container', link, destination: subnet, gateway, source },
  ]
}
