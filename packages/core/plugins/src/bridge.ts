import { areOverlapping } from '@vethra/address'
import { CniError, confError, ioError, type Result, type ResultRoute } from '@vethra/cni'
import type { Owned, Resource } from '@vethra/state'
import { behindOthers } from './behind-others.ts'
import { type BridgeConf, parseBridgeConf } from './bridge-conf.ts'
import { bridgeResources, cable, forwarding, gatewayLinkOf } from './bridge-resources.ts'
import { configureInterface } from './configure-interface.ts'
import { interfaceMac, macFor } from './names.ts'
import { owned, ownerOf } from './owned.ts'
import type { Addresses, HostLink, PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { type Veth, vethOf } from './previous.ts'
import { type Ip, ipOf, usesLinkLocal, withGateway } from './subnets.ts'
import { words } from './words.ts'

const noMac = '00:00:00:00:00:00'

/** The plugin `bridge`: a veth between a bridge of the host and the container. */
export const bridge: Plugin<BridgeConf> = {
  type: 'bridge',
  makes: 'veth',
  features: ['bridge', 'veth'],
  keys: [
    'bridge',
    'isGateway',
    'isDefaultGateway',
    'ipMasq',
    'ipMasqBackend',
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
  fixed: { vlan: 0 },
  linkFirst: true,
  parse: parseBridgeConf,
  wants: (conf) => ({ links: [conf.bridge] }),
  plan,
  removal,
}

// All else that the container has goes with its veth.
function removal(conf: BridgeConf, input: PlanInput): readonly Owned[] {
  const { ifname } = input.request.attachment
  const ends = { ...vethOf(input, ''), ifname, linkLocal: false }
  return owned(ownerOf(input.request), cable(conf, ends))
}

function plan(conf: BridgeConf, input: PlanInput): Planned {
  const { request, facts, removing = false } = input
  const existing = facts.links[conf.bridge]
  if (existing && !removing) demandBridge(conf.bridge, existing)
  const given = withGateways(conf, input)
  const ips = given.ips.flatMap((each) => ipOf(each) ?? [])
  if (conf.hasIpam && ips.length === 0 && !removing)
    throw new CniError({ code: 999, message: words.noLeasedAddresses })
  const first = ips.find(({ family }) => family === 4) ?? ips[0]
  const veth = vethOf(input, conf.mac ?? interfaceMac(request, first))
  const state = stateOf(conf, existing, input.made)
  const conflicts =
    removing || !(request.called || conf.forceAddress)
      ? []
      : conflictsOf(conf, ips, existing?.addresses ?? [])
  const ofBridge = bridgeResources(conf, ips, { ...state, hasRoutes: given.routes.length > 0 })
  const { ifname } = request.attachment
  const ofNetwork = { kind: 'network', network: request.network } as const
  return {
    resources: [
      ...owned(ofNetwork, ofBridge),
      ...owned({ kind: 'host' }, conf.isGateway ? forwarding(ips) : []),
      ...owned(ownerOf(request), [
        ...cable(conf, { ...veth, ifname, linkLocal: usesLinkLocal(input.request, ips) }),
        ...duplicates(conf, ifname),
        ...configureInterface(request, ips, given.routes).map((each) =>
          conf.asksFirst && each.kind === 'address' ? { ...each, asksFirst: true } : each,
        ),
      ]),
    ],
    removes: owned(ofNetwork, conflicts),
    again: state.keepsMac,
    result: resultOf(conf, request, { given, veth, bridgeMac: state.mac }),
  }
}

function stateOf({ bridge: name }: BridgeConf, existing: HostLink | undefined, made?: Result) {
  const own = macFor('bridge', name)
  const wasOurs = made?.interfaces.some((each) => each.name === name && each.mac === own) ?? false
  // The kernel takes the MAC from a bridge that loses its last port, and gives that of the first to one that another made.
  const mac = existing && existing.mac !== noMac && !wasOurs ? existing.mac : own
  const keepsMac =
    existing !== undefined && existing.mac !== own && (existing.ports === 0 || wasOurs)
  return { mac, keepsMac, isNew: existing === undefined }
}

interface Wanted {
  readonly given: Addresses
  readonly veth: Veth
  readonly bridgeMac: string
}

function resultOf(
  conf: BridgeConf,
  { attachment, cniVersion }: PluginRequest,
  { given, veth, bridgeMac }: Wanted,
): Planned['result'] {
  const gatewayLink = gatewayLinkOf(conf)
  const hasOwnLink = conf.isGateway && gatewayLink !== conf.bridge
  return {
    cniVersion,
    interfaces: [
      { name: conf.bridge, mac: bridgeMac },
      { name: veth.hostName, mac: veth.hostMac },
      { name: attachment.ifname, mac: veth.mac, sandbox: attachment.netns },
      ...(hasOwnLink ? [{ name: gatewayLink, mac: bridgeMac }] : []),
    ],
    ips: given.ips.map((ip) => ({ ...ip, interface: 2 })),
    routes: given.routes,
    dns: conf.dns ?? given.dns,
  }
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

// The gateway of a subnet is its first address where IPAM named none, and the default route goes there.
function withGateways(conf: BridgeConf, input: PlanInput): Addresses {
  const { ips = [], routes = [], dns = {} } = input.addresses ?? {}
  const complete = conf.isGateway ? ips.map(withGateway) : ips
  return {
    ips: complete,
    routes: conf.isDefaultGateway ? withDefault(routes, complete, input) : routes,
    dns,
  }
}

function withDefault(
  routes: readonly ResultRoute[],
  ips: Addresses['ips'],
  input: PlanInput,
): readonly ResultRoute[] {
  const added = ips.flatMap(({ address, gateway: gw }) => {
    const dst = address.includes(':') ? '::/0' : '0.0.0.0/0'
    return gw === undefined || routes.some((route) => route.dst === dst) ? [] : [{ dst, gw }]
  })
  const firsts = added.filter(({ dst }, at) => added.findIndex((each) => each.dst === dst) === at)
  return [...routes, ...behindOthers(firsts, input)]
}

function demandBridge(name: string, { kind, ports = 0 }: HostLink): void {
  if (kind !== 'bridge')
    throw confError(
      `failed to create bridge ${JSON.stringify(name)}: ${JSON.stringify(name)} already exists but is not a bridge`,
      `Name another bridge in the conf list, or rename that interface${kind === '' ? '' : ` of kind ${kind}`}.`,
    )
  if (ports >= mostPorts)
    throw ioError(
      `cannot add a port to bridge ${name}: it has ${ports}, the most that the kernel allows`,
      'Attach the container to another network.',
    )
}

/** BR_MAX_PORTS of the kernel, without the number that counts for none. */
const mostPorts = 1023

// A bridge's addresses in its gateway's way, as the reference plugin has it. Throws CniError 7 without
// `forceAddress`; else they go.
function conflictsOf(
  conf: BridgeConf,
  ips: readonly Ip[],
  addresses: readonly string[],
): readonly Resource[] {
  if (!conf.isGateway || gatewayLinkOf(conf) !== conf.bridge) return []
  const wanted = ips.flatMap(({ gateway, prefixLength, family }) =>
    gateway === undefined ? [] : [{ text: `${gateway}/${prefixLength}`, family }],
  )
  const own = new Set(wanted.map(({ text }) => text))
  const conflicts = wanted.flatMap(({ text, family }) =>
    addresses
      .filter((found) => !own.has(found) && found.includes(':') === (family === 6))
      .filter((found) => family === 4 || areOverlapping(found, text))
      .map((found) => ({ wanted: text, found })),
  )
  const [first] = conflicts
  if (first && !conf.forceAddress)
    throw confError(
      `failed to set bridge addr: ${JSON.stringify(conf.bridge)} already has an IP address different from ${first.wanted}`,
      'Name another bridge, remove that address, or set forceAddress.',
    )
  return conflicts.map(({ found }) => addressOf(conf.bridge, found))
}

function addressOf(link: string, text: string): Resource {
  const [address = '', length = ''] = text.split('/')
  return { kind: 'address', place: 'host', link, address, prefixLength: Number(length) }
}
