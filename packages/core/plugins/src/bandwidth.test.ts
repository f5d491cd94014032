import type { JsonObject } from '@vethra/cni'
import { keyOf } from '@vethra/state'
import { expect, it } from 'vitest'
import { type Facts, type PluginRequest, planStage, stageNeeds } from './index.ts'

const attachment = {
  containerId: 'default-web',
  netns: '/run/netns/web',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: {},
}
const noFacts: Facts = { links: {} }
const ipam = { type: 'host-local', ranges: [[{ subnet: '10.4.0.0/24' }]] }
const granted = [{ address: '10.4.0.2/24', gateway: '10.4.0.1' }]

function request(conf: JsonObject): PluginRequest {
  return { network: 'lan', cniVersion: '1.0.0', conf, attachment }
}

const lan = request({ type: 'bridge', bridge: 'br0', isDefaultGateway: true, ipMasq: true, ipam })
const publishing = request({
  type: 'portmap',
  runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'TCP' }] },
})

const keysOf = (requests: readonly PluginRequest[]) =>
  planStage(requests, { granted, facts: noFacts }).resources.map(
    ({ resource, owner }) => `${owner.kind}: ${keyOf(resource)}`,
  )

const limits = {
  ingressRate: 8_000_000,
  ingressBurst: 800_000,
  egressRate: 80_000,
  egressBurst: 8000,
}

it.each<[string, JsonObject]>([
  [
    'its own keys',
    { ...limits, runtimeConfig: { bandwidth: { ingressRate: 8, ingressBurst: 8 } } },
  ],
  ['those of the runtime', { runtimeConfig: { bandwidth: limits } }],
])('bandwidth limits both directions by %s, wherever it is in the chain', (_, conf) => {
  const limited = request({ type: 'bandwidth', ...conf })
  const chain = [lan, limited, publishing, request({ type: 'firewall' })]
  const { resources, result } = planStage(chain, { granted, facts: noFacts })
  const host = result.interfaces[1]?.name
  const name = expect.stringMatching(/^bwp[0-9a-f]{12}$/)
  const qdiscs = resources.flatMap(({ resource }) => (resource.kind === 'qdisc' ? [resource] : []))
  expect(qdiscs).toEqual([
    { kind: 'qdisc', link: host, does: { rate: 1_000_000, burst: 100_000 } },
    { kind: 'qdisc', link: name, does: { rate: 10_000, burst: 1000 } },
    { kind: 'qdisc', link: host, does: { redirect: name } },
  ])
  expect(result.interfaces[3]).toMatchObject({ name })
  const again = planStage([limited], { granted: [], facts: noFacts, previous: result })
  expect(again.result.interfaces).toEqual(result.interfaces)
  expect(keysOf(chain)).toContain('network: admit br0')
  const routed = [request({ type: 'ptp', ipam }), limited, request({ type: 'firewall' })]
  expect(keysOf(routed)).toContain(`attachment: admit ${host}`)
})

it.each([
  ['shapedSubnets', false],
  ['unshapedSubnets', true],
])('%s are told of both directions, as the kernel has them', (key, spares) => {
  const subnets = ['10.1.2.3/8', '10.0.0.0/8', 'FD00:0:0::/68']
  const limited = request({ type: 'bandwidth', ...limits, [key]: subnets })
  const { resources } = planStage([lan, limited], { granted, facts: noFacts })
  const to = { subnets: ['10.0.0.0/8', 'fd00::/68'], spares }
  expect(
    resources.flatMap(({ resource }) => (resource.kind === 'qdisc' ? [resource.does] : [])),
  ).toEqual([
    { rate: 1_000_000, burst: 100_000, ...to },
    { rate: 10_000, burst: 1000, ...to },
    expect.objectContaining({ redirect: expect.any(String) }),
  ])
})

it('the interface that holds what comes from a container has the MTU of its veth', () => {
  const mtus = (requests: readonly PluginRequest[], input: object = {}) =>
    planStage(requests, { granted, facts: noFacts, ...input }).resources.flatMap(({ resource }) =>
      resource.kind === 'link' && resource.type.name === 'ifb' ? [resource.mtu] : [],
    )
  const limited = request({ type: 'bandwidth', ...limits })
  const jumbo = request({ type: 'bridge', bridge: 'br0', mtu: 9000, ipam })
  expect([mtus([jumbo, limited]), mtus([lan, limited])]).toEqual([[9000], [undefined]])
  // Behind a bridge that a program made, the kernel knows.
  const interfaces = [{ name: 'br0' }, { name: 'veth9' }, { name: 'eth0', sandbox: '/n' }]
  const previous = { cniVersion: '1.0.0', interfaces, ips: [], routes: [], dns: {} }
  expect(stageNeeds([limited], previous).wants?.links).toEqual(['veth9'])
  const facts = { links: { veth9: { kind: 'veth', mac: '02:00:00:00:00:09', mtu: 1400 } } }
  expect(mtus([limited], { previous, facts })).toEqual([1400])
})

it('bandwidth without limits adds nothing, and without a veth it is refused', () => {
  expect(keysOf([lan, request({ type: 'bandwidth', ingressRate: 0 })])).toEqual(keysOf([lan]))
  const facts = { links: { eth9: { kind: '', mac: '02:00:00:00:00:09', mtu: 1500 } } }
  const upper = request({ type: 'macvlan', master: 'eth9', ipam })
  expect(() =>
    planStage([upper, request({ type: 'bandwidth', ...limits })], { granted, facts }),
  ).toThrow(expect.objectContaining({ code: 7 }))
})

it('bandwidth behind an interface in the container that is no veth is refused', () => {
  const interfaces = [{ name: 'veth9' }, { name: 'eth0', sandbox: '/n' }]
  const previous = { cniVersion: '1.0.0', interfaces, ips: [], routes: [], dns: {} }
  const limited = request({ type: 'bandwidth', ...limits })
  expect(stageNeeds([limited], previous).wants?.inside).toEqual(['eth0'])
  const plan = (kind: string) => () =>
    planStage([limited], {
      granted: [],
      previous,
      facts: { links: {}, inside: { eth0: { kind, mac: '', mtu: 1500 } } },
    })
  expect(plan('veth')).not.toThrow()
  expect(plan('macvlan')).toThrow('container interface eth0 has no veth peer')
})

it.each<[JsonObject, string]>([
  [{ ingressRate: 8 }, 'if rate is set, burst must also be set'],
  [{ egressBurst: 8 }, 'if burst is set, rate must also be set'],
  [{ egressRate: 8, egressBurst: 2 ** 36 }, 'burst cannot be more than 4GB'],
  [
    { ...limits, unshapedSubnets: ['10.0.0.0/8', 'hello'] },
    'bad subnet "hello" provided, details invalid CIDR address: hello',
  ],
  [
    { runtimeConfig: { bandwidth: { ...limits, shapedSubnets: ['x'] } } },
    'bad subnet "x" provided, details invalid CIDR address: x',
  ],
  [
    { ...limits, shapedSubnets: ['10.0.0.0/8'], unshapedSubnets: ['fd00::/8'] },
    'unshapedSubnets and shapedSubnets cannot be both specified, one of them should be discarded',
  ],
])('bandwidth refuses %j in the words of the reference plugin', (conf, message) => {
  expect(() => stageNeeds([request({ type: 'bandwidth', ...conf })])).toThrow(
    expect.objectContaining({ code: 7, message }),
  )
})

it('one key of the conf, 0 too, stands above all that the runtime says', () => {
  const runtimeConfig = { bandwidth: { ingressRate: 8, ingressBurst: 8 } }
  expect(keysOf([lan, request({ type: 'bandwidth', egressRate: 0, runtimeConfig })])).toEqual(
    keysOf([lan]),
  )
})

it.each<JsonObject>([
  { ingressRate: 8 },
  { egressBurst: 8 },
  { ingressRate: -1, ingressBurst: 8 },
  { egressRate: 8, egressBurst: 2 ** 36 },
])('a conf of bandwidth %j is refused with code 7', (conf) => {
  expect(() => stageNeeds([request({ type: 'bandwidth', ...conf })])).toThrow(
    expect.objectContaining({ code: 7 }),
  )
})
