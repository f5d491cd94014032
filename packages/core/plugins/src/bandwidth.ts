import { formatPrefix, readCidr } from '@vethra/address'
import { confError, goField, type JsonObject, present, type Result } from '@vethra/cni'
import type { Limit, Owned, Resource } from '@vethra/state'
import { limitName, macFor } from './names.ts'
import { owned, ownerOf } from './owned.ts'
import type { Facts, PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { hostEndOf, needsPrevious } from './previous.ts'
import { arrayOf, integerOf, invalidKey, objectOf } from './read-conf.ts'
import { words } from './words.ts'

/** The conf of `bandwidth`, checked. */
export interface BandwidthConf {
  /** The limit of packets to the container. */
  readonly ingress?: Limit
  /** The limit of packets from it. */
  readonly egress?: Limit
}

const subnetKeys = ['unshapedSubnets', 'shapedSubnets'] as const
const keys = ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst', ...subnetKeys]

/** The plugin `bandwidth`: what goes to a container and what comes from it is held to a rate. */
export const bandwidth: Plugin<BandwidthConf> = {
  type: 'bandwidth',
  chained: 'must be called as chained plugin',
  keys,
  parse,
  wants: (_, { attachment }, previous) => ({
    links: [previous && hostEndOf(previous)].filter((each) => each !== undefined),
    inside: [attachment.ifname],
  }),
  plan,
}

// One key of the conf, 0 too, and those of the runtime do not count (reference plugins, bandwidth).
function parse({ conf }: PluginRequest): BandwidthConf {
  if (keys.some((key) => goField(conf, key) !== undefined)) return limitsOf(conf)
  return limitsOf(objectOf(objectOf(conf, 'runtimeConfig') ?? {}, 'bandwidth') ?? {})
}

function limitsOf(keys: JsonObject): BandwidthConf {
  const [ingress, egress] = [limitOf(keys, 'ingress'), limitOf(keys, 'egress')]
  const [unshaped, shaped] = subnetKeys.map((key) => subnetsOf(keys, key))
  if (unshaped && shaped) throw confError(words.shapedAndUnshaped)
  const subnets = unshaped ?? shaped
  const to = subnets === undefined ? {} : { subnets, spares: unshaped !== undefined }
  return present({
    ingress: ingress && { ...ingress, ...to },
    egress: egress && { ...egress, ...to },
  })
}

// As the kernel has them, each once; undefined for none.
function subnetsOf(keys: JsonObject, key: string): readonly string[] | undefined {
  const subnets = arrayOf(keys, key).map((each) => {
    if (typeof each !== 'string') throw invalidKey(key, each, 'it must be a subnet')
    const prefix = readCidr(each)?.prefix
    if (prefix === undefined) throw confError(words.badSubnet(each))
    return formatPrefix(prefix)
  })
  return subnets.length === 0 ? undefined : [...new Set(subnets)]
}

const most = 2 ** 53 - 1

function limitOf(keys: JsonObject, direction: 'ingress' | 'egress'): Limit | undefined {
  const rate = integerOf(keys, `${direction}Rate`, [0, most]) ?? 0
  const burst = integerOf(keys, `${direction}Burst`, [0, most]) ?? 0
  if (rate === 0 && burst === 0) return undefined
  if (burst === 0) throw confError(words.rateWithoutBurst)
  if (rate === 0) throw confError(words.burstWithoutRate)
  if (Math.floor(burst / 8) >= 2 ** 32 - 1) throw confError(words.burstTooLarge)
  return { rate: Math.floor(rate / 8), burst: Math.floor(burst / 8) }
}

function plan(
  { ingress, egress }: BandwidthConf,
  { request, previous, removing, made, earlier = [], facts }: PlanInput,
): Planned {
  const result = needsPrevious('bandwidth', { previous, request, removing })
  const { network, attachment } = request
  const { containerId, ifname } = attachment
  const link = peerOf(result, { ifname, facts })
  if ((!removing || made) && (ingress || egress)) demandVeth(result, { ifname, facts, link })
  const name = limitName(network, containerId)
  const mac = macFor('ifb', network, containerId)
  const others = result.interfaces.filter((each) => each.name !== name)
  const mtu = mtuOf(link, earlier) ?? facts.links[link ?? '']?.mtu
  const ifb: Resource = {
    ...{ kind: 'link', place: 'host', name, type: { name: 'ifb' }, up: true, mac },
    ...present({ mtu }),
  }
  const resources: readonly Resource[] = [
    ...(ingress && link ? [{ kind: 'qdisc', link, does: ingress } as const] : []),
    ...(egress ? [ifb, { kind: 'qdisc', link: name, does: egress } as const] : []),
    ...(egress && link ? [{ kind: 'qdisc', link, does: { redirect: name } } as const] : []),
  ]
  return {
    resources: owned(ownerOf(request), resources),
    result: egress ? { ...result, interfaces: [...others, { name, mac }] } : result,
  }
}

interface Limited {
  readonly ifname: string
  readonly facts: Facts
}

// One that a plugin of this stage makes is not there yet.
function peerOf(result: Result, { ifname, facts }: Limited): string | undefined {
  const { lower } = facts.inside?.[ifname] ?? {}
  const link = hostEndOf(result)
  const isPeer = lower === undefined || facts.links[link ?? '']?.index === lower
  return isPeer ? link : undefined
}

function demandVeth(
  result: Result,
  { ifname, facts, link }: Limited & { readonly link: string | undefined },
): void {
  if (result.interfaces.length === 0) throw confError(words.noInterfaces)
  const hint = 'Use bandwidth behind the plugin bridge or ptp.'
  if (isOther(facts, ifname)) throw confError(words.noVeth(ifname), hint)
  if (link === undefined) throw confError(words.noPeer, hint)
}

// An interface that a plugin of this stage makes is not there yet.
function isOther({ inside = {} }: Facts, ifname: string): boolean {
  const kind = inside[ifname]?.kind
  return kind !== undefined && kind !== 'veth'
}

// What is larger than the MTU of the interface that it goes through would be dropped there.
function mtuOf(link: string | undefined, earlier: readonly Owned[]): number | undefined {
  const veths = earlier.flatMap(({ resource }) =>
    resource.kind === 'link' && resource.type.name === 'veth' ? [resource] : [],
  )
  return veths.find(({ type }) => 'hostName' in type && type.hostName === link)?.mtu
}
