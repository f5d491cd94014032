import { confError, present, type Result } from '@vethra/cni'
import { type LinkType, linkFeatures, type Place } from '@vethra/state'
import { interfaceMac } from './names.ts'
import { onlyInterface } from './only-interface.ts'
import type { Addresses, PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import {
  askedMac,
  booleanOf,
  dnsOf,
  integerOf,
  linkNameOf,
  mtuOf,
  numberOf,
  textOf,
} from './read-conf.ts'
import { ipOf, usesLinkLocal } from './subnets.ts'
import { words } from './words.ts'

/** The conf of `macvlan`, `ipvlan` and `vlan`, checked. */
export interface UpperConf {
  /** The interface below; absent for that of the default route, which vlan does not take. */
  readonly master?: string
  readonly mode: string
  readonly id: number
  /** The namespace that the interface below is in. */
  readonly parentPlace: Place
  /** macvlan: the length of its queue of broadcasts. */
  readonly broadcastQueue?: number
  readonly mtu?: number
  readonly mac?: string
  readonly dns?: Result['dns']
}

const ownKeys = {
  macvlan: ['mode', 'mac', 'bcqueuelen'],
  ipvlan: ['mode'],
  vlan: ['vlanId'],
} as const

type UpperType = keyof typeof ownKeys

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

function upper(type: UpperType, modes: readonly string[]): Plugin<UpperConf> {
  return {
    type,
    makes: type,
    features: [linkFeatures[type]],
    keys: ['master', 'mtu', 'dns', 'ipam', 'linkInContainer', ...ownKeys[type]],
    linkFirst: true,
    parse: (request) => parse(type, request, modes),
    wants: (conf, request, previous) => {
      const { parentPlace } = conf
      const master = masterOf(conf, { type, request, previous })
      if (master === undefined) return { defaultRoute: parentPlace }
      return parentPlace === 'container' ? { inside: [master] } : { links: [master] }
    },
    plan: (conf, input) => plan(type, conf, input),
  }
}

function parse(
  type: UpperType,
  { conf, attachment }: PluginRequest,
  modes: readonly string[],
): UpperConf {
  const master = linkNameOf(conf, 'master')
  if (type === 'vlan' && master === undefined) throw confError(words.noVlanMaster)
  const [first = ''] = modes
  const mode = (type === 'vlan' ? undefined : textOf(conf, 'mode')) ?? first
  if (!modes.includes(mode))
    throw confError(
      `unknown ${type} mode: ${JSON.stringify(mode)}`,
      `Set mode to ${modes.join(', ')}.`,
    )
  const id = (type === 'vlan' ? numberOf(conf, 'vlanId') : undefined) ?? 0
  if (id < 0 || id > 4094)
    throw confError(`invalid VLAN ID ${id} (must be between 0 and 4095 inclusive)`)
  const queue = type === 'macvlan' ? integerOf(conf, 'bcqueuelen', [0, 2 ** 32 - 1]) : undefined
  const mtu = numberOf(conf, 'mtu') ?? 0
  const own = type === 'macvlan' ? (textOf(conf, 'mac') ?? '') : ''
  const mac = askedMac(conf, [...attachment.cniArgs, ['MAC', own]])
  return {
    mode,
    id,
    parentPlace: booleanOf(conf, 'linkInContainer') ? 'container' : 'host',
    ...(queue ? { broadcastQueue: queue } : {}),
    ...present({ master, mtu: mtu < 0 ? mtu : mtuOf(conf), mac, dns: dnsOf(conf) }),
  }
}

function plan(type: UpperType, conf: UpperConf, input: PlanInput): Planned {
  const { request, addresses, facts } = input
  const { ifname } = request.attachment
  const named = input.removing ? conf.master : masterOf(conf, { type, ...input })
  const parent = named ?? facts.defaultRoute
  const links = conf.parentPlace === 'container' ? (facts.inside ?? {}) : facts.links
  const below = parent === undefined ? undefined : links[parent]
  if (!input.removing && below === undefined)
    throw confError(
      parent === undefined
        ? `no default route interface found: ${type} needs an interface as its master`
        : `failed to lookup master ${JSON.stringify(parent)}: Link not found`,
      'Name an interface of the host as "master" in the conf list.',
    )
  if (conf.mtu !== undefined && below !== undefined && !(conf.mtu >= 0 && conf.mtu <= below.mtu))
    throw confError(words.mtuAboveMaster(conf.mtu, below.mtu))
  const leased = addresses ?? handedOn(type, input)
  const ips = leased.ips.flatMap((ip) => ipOf(ip) ?? [])
  const own = conf.mac ?? interfaceMac(request, ips[0])
  const known = input.made?.interfaces.find(({ name }) => name === ifname)?.mac?.toLowerCase()
  // The others have that of the interface below.
  const hasOwnMac = type === 'macvlan' && conf.mode !== 'passthru'
  const mac = hasOwnMac ? (known ?? own) : (below?.mac ?? '')
  const link = {
    ...({ kind: 'link', place: 'container', name: ifname, up: true } as const),
    type: linkType(type, parent ?? '', conf),
    ...(hasOwnMac ? { mac } : {}),
    ...present({ mtu: conf.mtu }),
    linkLocal: usesLinkLocal(request, ips),
  }
  return onlyInterface(request, { link, mac, addresses: leased, dns: conf.dns })
}

interface Chained {
  readonly type: UpperType
  readonly request: PluginRequest
  readonly previous?: Result | undefined
}

// In a CHECK the previous result is that of its own ADD.
function masterOf({ master }: UpperConf, { type, request, previous }: Chained): string | undefined {
  if (master !== undefined || type !== 'ipvlan' || previous === undefined) return master
  const [first, second] = previous.interfaces
  if (first?.name === request.attachment.ifname) return undefined
  if (first === undefined || second !== undefined) throw confError(words.noChainedMaster)
  return first.name
}

// ipvlan without an IPAM plugin takes the addresses of the plugin before it.
function handedOn(type: UpperType, { previous, removing }: PlanInput): Addresses {
  if (type !== 'ipvlan' || previous === undefined || removing)
    return { ips: [], routes: [], dns: {} }
  const { ips, routes, dns } = previous
  return { ips, routes, dns }
}

function linkType(
  type: UpperType,
  parent: string,
  { mode, id, parentPlace, broadcastQueue }: UpperConf,
): LinkType {
  const on = { parent, ...(parentPlace === 'host' ? {} : { parentPlace }) }
  if (type === 'vlan') return { name: 'vlan', ...on, id }
  if (type === 'ipvlan') return { name: 'ipvlan', ...on, mode }
  return { name: 'macvlan', ...on, mode, ...present({ broadcastQueue }) }
}
