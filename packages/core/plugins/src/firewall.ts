import { confError, present, type Result } from '@vethra/cni'
import type { Owned, Resource } from '@vethra/state'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { admissionOf, hostInterfaceOf, needsPrevious } from './previous.ts'
import { textOf } from './read-conf.ts'
import { words } from './words.ts'

/** The conf of `firewall`, checked. */
export interface FirewallConf {
  readonly ingressPolicy: 'open' | 'same-bridge' | 'isolated'
  /** The zone of firewalld that addresses are to be in. Default: `trusted`, or the one that they are in. */
  readonly zone?: string
}

/** The plugin `firewall`: a network's packets are forwarded, and its bridge may be kept from others. */
export const firewall: Plugin<FirewallConf> = {
  type: 'firewall',
  chained: words.noEarlierResult,
  // The others mean iptables and firewalld.
  keys: ['ingressPolicy'],
  // Podman writes `"backend": ""` into the conf lists that it makes.
  fixed: { backend: '' },
  parse,
  plan,
}

function parse({ conf }: PluginRequest): FirewallConf {
  // Table vethra stands for iptables.
  textOf(conf, 'backend')
  const chain = textOf(conf, 'iptablesAdminChainName')
  if (chain !== undefined && chain !== 'CNI-ADMIN')
    throw confError(
      `iptablesAdminChainName ${JSON.stringify(chain)} is not supported: packets are let pass by table inet vethra`,
      'Put the rules of that chain into chain FORWARD: a packet that it drops is dropped.',
    )
  const zone = textOf(conf, 'firewalldZone')
  const policy = textOf(conf, 'ingressPolicy') ?? 'open'
  if (policy === 'open' || policy === 'same-bridge' || policy === 'isolated')
    return { ingressPolicy: policy, ...present({ zone }) }
  throw confError(
    `unknown ingress policy: ${JSON.stringify(policy)}`,
    'Set ingressPolicy to open, same-bridge or isolated.',
  )
}

function plan(
  { ingressPolicy, zone }: FirewallConf,
  { request, previous, removing }: PlanInput,
): Planned {
  const result = needsPrevious('firewall', { previous, request, removing })
  const bridge = hostInterfaceOf(result)
  if (bridge === undefined && ingressPolicy !== 'open' && !removing)
    throw confError(
      words.noBridge(ingressPolicy),
      'Set ingressPolicy to "open", or use it behind the plugin bridge.',
    )
  const admission = admissionOf(result, request, zone)
  return {
    resources: [
      ...(admission ? [admission, ...isolations(admission, ingressPolicy)] : []),
      ...owned(ownerOf(request), ingressPolicy === 'isolated' ? isolatedPort(result) : []),
    ],
    result,
  }
}

// `apart` is for what the host routes: between ports of its own the bridge sees to it.
const isolated = {
  open: [],
  'same-bridge': ['isolated'],
  isolated: ['isolated', 'apart'],
} as const

function isolations(
  { resource, owner }: Owned,
  policy: FirewallConf['ingressPolicy'],
): readonly Owned[] {
  if (resource.kind !== 'admit') return []
  const { bridge } = resource
  return isolated[policy].map((from) => ({ owner, resource: { kind: 'isolate', bridge, from } }))
}

// Containers of one bridge are kept apart by the bridge itself: their packets pass no chain.
function isolatedPort({ interfaces }: Result): readonly Resource[] {
  const port = interfaces.filter(({ sandbox }) => !sandbox)[1]?.name
  return port === undefined ? [] : [{ kind: 'bridge port', link: port, isolated: true }]
}
