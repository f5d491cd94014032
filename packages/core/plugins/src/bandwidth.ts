import { CniError, type JsonObject } from '@vethra/cni'
import type { Owned, Owner, Resource } from '@vethra/state'
import { limitName, macFor } from './names.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { hostEndOf, needsPrevious } from './previous.ts'
import { integerOf, invalidKey, objectOf } from './read-conf.ts'

/** The conf of `bandwidth`, checked. */
export interface BandwidthConf {
  /** The limit of packets to the container. */
  readonly ingress?: Limit
  /** The limit of packets from it. */
  readonly egress?: Limit
}

/** In octets, and octets a second. */
interface Limit {
  readonly rate: number
  readonly burst: number
}

/** The plugin `bandwidth`: what goes to a container and what comes from it is held to a rate. */
export const bandwidth: Plugin<BandwidthConf> = {
  type: 'bandwidth',
  keys: ['ingressRate', 'ingressBurst', 'egressRate', 'egressBurst'],
  parse,
  wants: (_, previous) => ({
    links: [previous && hostEndOf(previous)].filter((each) => each !== undefined),
  }),
  plan,
}

// Keys of the conf win over those of the runtime (reference plugins, bandwidth).
function parse({ conf }: PluginRequest): BandwidthConf {
  const own = limitsOf(conf)
  const given = limitsOf(objectOf(objectOf(conf, 'runtimeConfig') ?? {}, 'bandwidth') ?? {})
  return own.ingress || own.egress ? own : given
}

function limitsOf(keys: JsonObject): BandwidthConf {
  const ingress = limitOf(keys, 'ingress')
  const egress = limitOf(keys, 'egress')
  return { ...(ingress ? { ingress } : {}), ...(egress ? { egress } : {}) }
}

const most = 2 ** 53 - 1
/** 4 GB in bits. */
const mostBurst = (2 ** 32 - 1) * 8

function limitOf(keys: JsonObject, direction: 'ingress' | 'egress'): Limit | undefined {
  const rate = integerOf(keys, `${direction}Rate`, [0, most]) ?? 0
  const burst = integerOf(keys, `${direction}Burst`, [0, most]) ?? 0
  if (rate === 0 && burst === 0) return undefined
  if (burst === 0)
    throw invalidKey(`${direction}Burst`, burst, 'if rate is set, burst must also be set')
  if (rate === 0)
    throw invalidKey(`${direction}Rate`, rate, 'if burst is set, rate must also be set')
  if (burst > mostBurst)
    throw invalidKey(`${direction}Burst`, burst, 'burst cannot be more than 4GB')
  return { rate: Math.floor(rate / 8), burst: Math.floor(burst / 8) }
}

function plan(
  { ingress, egress }: BandwidthConf,
  { request, previous, removing, earlier = [], facts }: PlanInput,
): Planned {
  const result = needsPrevious('bandwidth', { previous, request, removing })
  const { network, attachment } = request
  const { containerId, ifname } = attachment
  const owner: Owner = { kind: 'attachment', network, containerId, ifname }
  const link = hostEndOf(result)
  if (link === undefined && !removing && (ingress || egress)) throw noVeth(ifname)
  const name = limitName(network, containerId)
  const mac = macFor('ifb', network, containerId)
  const mtu = mtuOf(link, earlier) ?? facts.links[link ?? '']?.mtu
  const resources: readonly Resource[] = [
    ...(ingress && link ? [{ kind: 'qdisc', link, does: ingress } as const] : []),
    ...(egress
      ? [
          {
            ...({
              kind: 'link',
              place: 'host',
              name,
              type: { name: 'ifb' },
              up: true,
              mac,
            } as const),
            ...(mtu === undefined ? {} : { mtu }),
          },
          { kind: 'qdisc', link: name, does: egress } as const,
        ]
      : []),
    ...(egress && link ? [{ kind: 'qdisc', link, does: { redirect: name } } as const] : []),
  ]
  return {
    resources: resources.map((resource) => ({ resource, owner })),
    result: egress ? { ...result, interfaces: [...result.interfaces, { name, mac }] } : result,
  }
}

// What is larger than the MTU of the interface that it goes through would be dropped there.
function mtuOf(link: string | undefined, earlier: readonly Owned[]): number | undefined {
  const veths = earlier.flatMap(({ resource }) =>
    resource.kind === 'link' && resource.type.name === 'veth' ? [resource] : [],
  )
  return veths.find(({ type }) => 'hostName' in type && type.hostName === link)?.mtu
}

function noVeth(ifname: string): CniError {
  return new CniError({
    code: 7,
    message: `container interface ${ifname} has no veth peer: no interface of the host leads to it`,
    hint: 'Use bandwidth behind the plugin bridge or ptp.',
  })
}
