import { confError, present, type Result } from '@vethra/cni'
import type { Admit, Owned, Resource } from '@vethra/state'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { admissionOf, hostInterfaceOf, needsPrevious } from './previous.ts'
import { invalidKey, textOf } from './read-conf.ts'
import { words } from './words.ts'

/** The conf of `firewall`, checked. */
export interface FirewallConf {
  readonly ingressPolicy: 'open' | 'same-bridge' | 'isolated'
  readonly others: Pick<Admit, 'zone' | 'adminChain'>
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
  const zone = textOf(conf, 'firewalldZone')
  const adminChain = textOf(conf, 'iptablesAdminChainName')
  if (adminChain !== undefined && !/^[a-z0-9][\w.-]{0,27}$/i.test(adminChain))
    throw invalidKey(
      'iptablesAdminChainName',
      adminChain,
      'it must be the name of a chain: up to 28 letters, digits, _, - and .',
    )
  const policy = textOf(conf, 'ingressPolicy') ?? 'open'
  if (policy === 'open' || policy === 'same-bridge' || policy === 'isolated')
    return { ingressPolicy: policy, others: present({ zone, adminChain }) }
  throw confError(
    `unknown ingress policy: ${JSON.stringify(policy)}`,
    'Set ingressPolicy to open, same-bridge or isolated.',
  )
}

function plan(
  { ingressPolicy, others }: FirewallConf,
  { request, previous, removing }: PlanInput,
): Planned {
  const result = needsPrevious('firewall', { previous, request, removing })
  const bridge = hostInterfaceOf(result)
  if (bridge === undefined && ingressPolicy !== 'open' && !removing)
    throw confError(
      words.noBridge(ingressPolicy),
      'Set ingressPolicy to "open", or use it behind the plugin bridge.',
    )
  const admission = admissionOf(result, request, others)
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
