import { CniError, type Result } from '@vethra/cni'
import type { LinkType, Owner, Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import { macFor, macForAddress } from './names.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { askedMac, dnsOf, integerOf, invalidKey, linkNameOf, mtuOf, textOf } from './read-conf.ts'
import { ipOf } from './subnets.ts'

/** The conf of `macvlan`, `ipvlan` and `vlan`, checked. */
export interface UpperConf {
  /** The interface of the host below; absent for that of the default route. */
  readonly master?: string
  readonly mode: string
  readonly id: number
  readonly mtu?: number
  readonly mac?: string
  readonly dns?: Result['dns']
}

/** The plugin `macvlan`: an interface with a MAC of its own on one of the host. */
export const macvlan: Plugin<UpperConf> = upper('macvlan', [
  'bridge',
  'private',
  'vepa',
  'passthru',
])

/** The plugin `ipvlan`: an interface with an address of its own on one of the host. */
export const ipvlan: Plugin<UpperConf> = upper('ipvlan', ['l2', 'l3', 'l3s'])

/** The plugin `vlan`: a tagged interface on one of the host. */
export const vlan: Plugin<UpperConf> = upper('vlan', [''])

function upper(type: 'macvlan' | 'ipvlan' | 'vlan', modes: readonly string[]): Plugin<UpperConf> {
  return {
    type,
    keys: ['master', 'mtu', 'dns', 'ipam', ...(type === 'vlan' ? ['vlanId'] : ['mode'])],
    linkFirst: true,
    parse: (request) => parse(request, modes),
    wants: ({ master }) => (master === undefined ? { defaultRoute: true } : { links: [master] }),
    plan: (conf, input) => plan(type, conf, input),
  }
}

function parse({ conf, attachment }: PluginRequest, modes: readonly string[]): UpperConf {
  const master = linkNameOf(conf, 'master')
  const [first = ''] = modes
  const mode = textOf(conf, 'mode') ?? first
  if (!modes.includes(mode)) throw invalidKey('mode', mode, `it must be ${modes.join(', ')}`)
  const mtu = mtuOf(conf)
  const mac = askedMac(conf, attachment.cniArgs)
  const dns = dnsOf(conf)
  return {
    mode,
    id: integerOf(conf, 'vlanId', [0, 4094]) ?? 0,
    ...(master === undefined ? {} : { master }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(mac === undefined ? {} : { mac }),
    ...(dns === undefined ? {} : { dns }),
  }
}

function plan(type: 'macvlan' | 'ipvlan' | 'vlan', conf: UpperConf, input: PlanInput): Planned {
  const { request, addresses, facts } = input
  const { network, attachment, cniVersion } = request
  const { containerId, ifname, netns } = attachment
  const parent = conf.master ?? facts.defaultRoute
  const below = parent === undefined ? undefined : facts.links[parent]
  if (!input.removing && below === undefined) throw noParent(type, parent)
  if (conf.mtu !== undefined && below !== undefined && conf.mtu > below.mtu) {
    throw invalidKey('mtu', conf.mtu, `it must be at most that of ${parent}, ${below.mtu}`)
  }
  const { ips: given = [], routes = [], dns = {} } = addresses ?? {}
  const ips = given.flatMap((ip) => ipOf(ip) ?? [])
  const own =
    conf.mac ??
    (ips[0] && !request.ipam
      ? macForAddress(network, ips[0].address)
      : macFor(network, containerId, ifname))
  const known = input.made?.interfaces.find(({ name }) => name === ifname)?.mac?.toLowerCase()
  // The others have that of the interface below.
  const mac = type === 'macvlan' ? (known ?? own) : (below?.mac ?? '')
  const owner: Owner = { kind: 'attachment', network, containerId, ifname }
  const resources: readonly Resource[] = [
    {
      kind: 'link',
      place: 'container',
      name: ifname,
      type: linkType(type, parent ?? '', conf),
      up: true,
      ...(type === 'macvlan' ? { mac } : {}),
      ...(conf.mtu === undefined ? {} : { mtu: conf.mtu }),
      linkLocal: ips.some(({ family }) => family === 6),
    },
    ...configureInterface(ifname, ips, routes),
  ]
  return {
    resources: resources.map((resource) => ({ resource, owner })),
    result: {
      cniVersion,
      interfaces: [{ name: ifname, mac, sandbox: netns }],
      ips: given.map((ip) => ({ ...ip, interface: 0 })),
      routes,
      dns: conf.dns ?? dns,
    },
  }
}

function linkType(
  type: 'macvlan' | 'ipvlan' | 'vlan',
  parent: string,
  { mode, id }: UpperConf,
): LinkType {
  return type === 'vlan' ? { name: 'vlan', parent, id } : { name: type, parent, mode }
}

function noParent(type: string, parent: string | undefined): CniError {
  return new CniError({
    code: 7,
    message:
      parent === undefined
        ? `${type} needs a parent interface, and the host has no default route`
        : `invalid master ${JSON.stringify(parent)}: no such interface`,
    hint: 'Name an interface of the host as "master" in the conf list.',
  })
}
