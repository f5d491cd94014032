import { overlaps, readCidr } from '@vethra/address'
import { CniError, type ResultRoute } from '@vethra/cni'
import type { Owned, Owner, Resource } from '@vethra/state'
import { type BridgeConf, parseBridgeConf } from './bridge-conf.ts'
import { bridgeResources, cable, forwarding, gatewayLinkOf } from './bridge-resources.ts'
import { configureInterface } from './configure-interface.ts'
import { hostEndName, macFor, macForAddress } from './names.ts'
import type { Addresses, PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { madeVeth } from './previous.ts'
import { firstOf, type Ip, ipOf } from './subnets.ts'

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
    'forceAddress',
    'macspoofchk',
    'enabledad',
    'disableContainerInterface',
    'mtu',
    'dns',
    'ipam',
  ],
  // VLANs need a kernel that filters them: left to the program where that is there.
  fixed: { vlan: 0, ipMasqBackend: 'nftables' },
  linkFirst: true,
  parse: parseBridgeConf,
  wants: (conf) => ({ links: [conf.bridge] }),
  plan,
}

function plan(conf: BridgeConf, { request, addresses, facts, removing, made }: PlanInput): Planned {
  const { network, attachment, cniVersion } = request
  const { containerId, ifname, netns } = attachment
  const existing = facts.links[conf.bridge]
  if (existing && existing.kind !== 'bridge' && !removing)
    throw noBridge(conf.bridge, existing.kind)
  if (!removing && existing?.ports !== undefined && existing.ports >= mostPorts)
    throw isFull(conf.bridge, existing.ports)
  const given = withGateways(conf, addresses)
  const ips = given.ips.flatMap((each) => ipOf(each) ?? [])
  if (conf.hasIpam && ips.length === 0 && !removing) throw noAddresses()
  const known = madeVeth(made, request)
  const hostName = known?.hostName ?? hostEndName(network, containerId, ifname)
  const mac = known?.mac ?? conf.mac ?? macOf(request, ips)
  const ofNetwork: Owner = { kind: 'network', network }
  const ofAttachment: Owner = { kind: 'attachment', network, containerId, ifname }
  const bridgeMac = existing?.mac ?? macFor('bridge', conf.bridge)
  const conflicts =
    removing || !request.called ? [] : conflictsOf(conf, ips, existing?.addresses ?? [])
  const [conflict] = conflicts
  if (conflict && !conf.forceAddress) throw otherAddress(conf.bridge, conflict)
  const hostMac = known?.hostMac ?? macFor('veth', network, containerId, ifname)
  return {
    resources: [
      ...owned(
        ofNetwork,
        bridgeResources(conf, ips, {
          mac: bridgeMac,
          isNew: existing === undefined,
          hasRoutes: given.routes.length > 0,
        }),
      ),
      ...owned({ kind: 'host' }, conf.isGateway ? forwarding(ips) : []),
      ...owned(
        ofAttachment,
        cable(conf, {
          ...(known?.unmarked ? { unmarked: true } : {}),
          hostName,
          hostMac,
          ifname,
          mac,
          hasIpv6: ips.some((ip) => ip.family === 6),
        }),
      ),
      ...owned(ofAttachment, duplicates(conf, ifname)),
      ...owned(
        ofAttachment,
        configureInterface(ifname, ips, given.routes).map((each) =>
          conf.asksFirst && each.kind === 'address' ? { ...each, asksFirst: true } : each,
        ),
      ),
    ],
    removes: owned(
      ofNetwork,
      conflicts.map(({ found }) => {
        const [address = '', length = ''] = found.split('/')
        const place = 'host'
        return { kind: 'address', place, link: conf.bridge, address, prefixLength: Number(length) }
      }),
    ),
    result: {
      cniVersion,
      interfaces: [
        { name: conf.bridge, mac: bridgeMac },
        { name: hostName, mac: hostMac },
        { name: ifname, mac, sandbox: netns },
        ...(conf.isGateway && gatewayLinkOf(conf) !== conf.bridge
          ? [{ name: gatewayLinkOf(conf), mac: bridgeMac }]
          : []),
      ],
      ips: given.ips.map((ip) => ({ ...ip, interface: 2 })),
      routes: given.routes,
      dns: conf.dns ?? given.dns,
    },
  }
}

interface AddressConflict {
  readonly wanted: string
  readonly found: string
}

// Another IPv4 address, or an IPv6 one of an overlapping subnet, as the reference plugin has it.
function conflictsOf(
  conf: BridgeConf,
  ips: readonly Ip[],
  addresses: readonly string[],
): readonly AddressConflict[] {
  if (!conf.isGateway || gatewayLinkOf(conf) !== conf.bridge) return []
  const wanted = ips.flatMap(({ gateway, prefixLength, family }) =>
    gateway === undefined ? [] : [{ text: `${gateway}/${prefixLength}`, family }],
  )
  const own = new Set(wanted.map(({ text }) => text))
  return wanted.flatMap(({ text, family }) =>
    addresses
      .filter((found) => !own.has(found) && found.includes(':') === (family === 6))
      .filter((found) => family === 4 || areOverlapping(found, text))
      .map((found) => ({ wanted: text, found })),
  )
}

function areOverlapping(one: string, other: string): boolean {
  const [first, second] = [readCidr(one)?.prefix, readCidr(other)?.prefix]
  return first !== undefined && second !== undefined && overlaps(first, second)
}

function otherAddress(bridgeName: string, { wanted }: AddressConflict): CniError {
  return new CniError({
    code: 7,
    message: `failed to set bridge addr: ${JSON.stringify(bridgeName)} already has an IP address different from ${wanted}`,
    hint: 'Name another bridge, remove that address, or set forceAddress.',
  })
}

function duplicates({ asksFirst }: BridgeConf, ifname: string): readonly Resource[] {
  if (!asksFirst) return []
  return ['enhanced_dad', 'accept_dad'].map((name) => ({
    kind: 'sysctl',
    place: 'container',
    key: `net/ipv6/conf/${ifname}/${name}`,
    value: '1',
    optional: true,
  }))
}

function owned(owner: Owner, resources: readonly Resource[]): readonly Owned[] {
  return resources.map((resource) => ({ resource, owner }))
}

function macOf({ network, attachment, ipam }: PluginRequest, ips: readonly Ip[]): string {
  const first = ipam ? undefined : (ips.find(({ family }) => family === 4) ?? ips[0])
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

function noBridge(name: string, kind: string): CniError {
  return new CniError({
    code: 7,
    message: `failed to create bridge ${JSON.stringify(name)}: ${JSON.stringify(name)} already exists but is not a bridge`,
    hint: `Name another bridge in the conf list, or rename that interface${kind === '' ? '' : `, a ${kind}`}.`,
  })
}

/** BR_MAX_PORTS of the kernel, without the number that counts for none. */
const mostPorts = 1023

function isFull(name: string, ports: number): CniError {
  return new CniError({
    code: 5,
    message: `cannot add a port to bridge ${name}: it has ${ports}, the most that the kernel allows`,
    hint: 'Attach the container to another network.',
  })
}

function noAddresses(): CniError {
  return new CniError({ code: 999, message: 'IPAM plugin returned missing IP config' })
}
