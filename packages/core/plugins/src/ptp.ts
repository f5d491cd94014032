import { readCidr } from '@vethra/address'
import { CniError, type Result } from '@vethra/cni'
import type { Owner, Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import { hostEndName, macFor, macForAddress } from './names.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { madeVeth } from './previous.ts'
import { booleanOf, dnsOf, mtuOf, textOf } from './read-conf.ts'
import { firstOf, hostBits, hostPrefix, type Ip, ipOf, linkLocalOn } from './subnets.ts'

/** The conf of `ptp`, checked. */
export interface PtpConf {
  readonly ipMasq: boolean
  readonly mtu?: number
  readonly dns?: Result['dns']
}

/** The plugin `ptp`: a veth between host and container, with a route to each of its addresses. */
export const ptp: Plugin<PtpConf> = {
  type: 'ptp',
  keys: ['ipMasq', 'mtu', 'dns', 'ipam'],
  parse,
  wants: () => ({}),
  plan,
}

function parse({ conf }: PluginRequest): PtpConf {
  const backend = textOf(conf, 'ipMasqBackend')
  if (backend !== undefined && backend !== 'iptables' && backend !== 'nftables')
    throw new CniError({ code: 7, message: `unknown ipmasq backend ${JSON.stringify(backend)}` })
  const mtu = mtuOf(conf)
  const dns = dnsOf(conf)
  return {
    ipMasq: booleanOf(conf, 'ipMasq'),
    ...(mtu === undefined ? {} : { mtu }),
    ...(dns === undefined ? {} : { dns }),
  }
}

function plan(conf: PtpConf, { request, addresses, made }: PlanInput): Planned {
  const { network, attachment, cniVersion } = request
  const { containerId, ifname, netns } = attachment
  const { ips: given = [], routes = [], dns = {} } = addresses ?? {}
  const complete = given.map((ip) => {
    const prefix = readCidr(ip.address)?.prefix
    return ip.gateway === undefined && prefix ? { ...ip, gateway: firstOf(prefix) } : ip
  })
  const ips = complete.flatMap((ip) => ipOf(ip) ?? [])
  const known = madeVeth(made, request)
  const hostName = known?.hostName ?? hostEndName(network, containerId, ifname)
  const hostMac = known?.hostMac ?? macFor('veth', network, containerId, ifname)
  const own =
    ips[0] && !request.ipam
      ? macForAddress(network, ips[0].address)
      : macFor(network, containerId, ifname)
  const mac = known?.mac ?? own
  const owner: Owner = { kind: 'attachment', network, containerId, ifname }
  const resources: readonly Resource[] = [
    {
      kind: 'link',
      place: 'container',
      name: ifname,
      type: { name: 'veth', hostName, hostMac, ...(known?.unmarked ? { unmarked: true } : {}) },
      up: true,
      mac,
      ...(conf.mtu === undefined ? {} : { mtu: conf.mtu }),
      linkLocal: ips.some(({ family }) => family === 6),
    },
    ...ips.flatMap((ip) => onHost(hostName, ip)),
    ...(ips.some(({ family }) => family === 6) ? [linkLocalOn(hostName, hostMac)] : []),
    ...ips.flatMap((ip) => inContainer(ifname, ip)),
    ...configureInterface(ifname, ips, routes).map(withoutRoute),
    ...(ips.length > 0
      ? [{ kind: 'admit', bridge: hostName, subnets: ips.map(hostPrefix) } as const]
      : []),
    // By its addresses alone: others of the subnet come and go without it.
    ...(conf.ipMasq
      ? ips.map((ip) => ({ kind: 'masquerade', subnet: hostPrefix(ip) }) as const)
      : []),
  ]
  return {
    resources: resources.map((resource) => ({ resource, owner })),
    result: {
      cniVersion,
      interfaces: [
        { name: hostName, mac: hostMac },
        { name: ifname, mac, sandbox: netns },
      ],
      ips: complete.map((ip) => ({ ...ip, interface: 1 })),
      routes,
      dns: conf.dns ?? dns,
    },
  }
}

// The subnet is behind the gateway, not on the link: no address brings the kernel's route to it.
function withoutRoute(resource: Resource): Resource {
  return resource.kind === 'address' ? { ...resource, prefixRoute: false } : resource
}

function onHost(link: string, ip: Ip): readonly Resource[] {
  const { family, gateway } = ip
  return [
    {
      kind: 'sysctl',
      place: 'host',
      key: family === 4 ? 'net/ipv4/ip_forward' : 'net/ipv6/conf/all/forwarding',
      value: '1',
    },
    ...(gateway === undefined
      ? []
      : [
          {
            kind: 'address',
            place: 'host',
            link,
            address: gateway,
            prefixLength: hostBits(family),
          } as const,
        ]),
    {
      kind: 'route',
      place: 'host',
      link,
      destination: hostPrefix(ip),
      scope: 'host',
    },
  ]
}

function inContainer(link: string, { gateway, family, subnet }: Ip): readonly Resource[] {
  if (gateway === undefined) return []
  return [
    {
      kind: 'route',
      place: 'container',
      link,
      destination: `${gateway}/${hostBits(family)}`,
      scope: 'link',
    },
    { kind: 'route', place: 'container', link, destination: subnet, gateway },
  ]
}
