import { type Json, type JsonObject, present } from '@vethra/cni'
import { keyOf, removedAlone } from '@vethra/state'
import { expect, it } from 'vitest'
import { behindOthers } from './behind-others.ts'
import { type Facts, type PluginRequest, planFormer, planStage, stageNeeds } from './index.ts'
import { linkLocalOf, macFor } from './names.ts'

const attachment = {
  containerId: 'default-web',
  netns: '/run/netns/web',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: {},
}
const noFacts: Facts = { links: {} }

function request(conf: JsonObject): PluginRequest {
  return { network: 'lan', cniVersion: '1.0.0', conf, attachment }
}

const ipam = { type: 'host-local', ranges: [[{ subnet: '10.4.0.0/24' }]] }
const lan = request({ type: 'bridge', bridge: 'br0', isDefaultGateway: true, ipMasq: true, ipam })
const publishing = request({
  type: 'portmap',
  runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'TCP' }] },
})
const kept = request({ type: 'firewall', ingressPolicy: 'same-bridge' })
const granted = [{ address: '10.4.0.2/24', gateway: '10.4.0.1' }]

it('the default chain is planned as one: resources of one key are one, and the result is that of the bridge', () => {
  const { resources, result } = planStage([lan, publishing, kept], { granted, facts: noFacts })
  expect(resources.map(({ resource, owner }) => `${owner.kind}: ${keyOf(resource)}`)).toEqual([
    'network: link host br0',
    'network: sysctl host net/ipv6/conf/br0/accept_ra',
    'network: address host br0 10.4.0.1/24',
    'network: admit br0',
    'network: masquerade 10.4.0.0/24',
    'host: sysctl host net/ipv4/ip_forward',
    'attachment: link container eth0',
    expect.stringMatching(/^attachment: bridge port veth[0-9a-f]{11}$/),
    'attachment: link settings container lo',
    'attachment: address container eth0 10.4.0.2/24',
    'attachment: route container eth0 0.0.0.0/0 10.4.0.1 0 254',
    'network: sysctl host net/ipv4/conf/br0/route_localnet',
    'attachment: publish tcp 0.0.0.0 8080',
    'network: isolate br0 isolated',
  ])
  expect(result).toMatchObject({
    ips: [{ address: '10.4.0.2/24', gateway: '10.4.0.1', interface: 2 }],
    routes: [{ dst: '0.0.0.0/0', gw: '10.4.0.1' }],
    interfaces: [{ name: 'br0' }, {}, { name: 'eth0', sandbox: '/run/netns/web' }],
  })
})

it.each([
  ['bridge', {}],
  ['bridge, and all that it may have', { isolated: true, macspoofchk: true, enabledad: true }],
  ['ptp', { type: 'ptp' }],
])('DEL removes the same by what is removed alone: %s', (_, conf) => {
  const tuning = request({ type: 'tuning', sysctl: { 'net.core.somaxconn': '1' }, promisc: true })
  const chain = [request({ ...lan.conf, ...conf }), publishing, kept, tuning]
  const { result } = planStage(chain, { granted, facts: noFacts })
  const keys = (input: object) =>
    removedAlone(
      planFormer(chain, { facts: noFacts, ...input }).filter(
        ({ owner }) => owner.kind === 'attachment',
      ),
    ).map(({ resource }) => keyOf(resource))
  for (const known of [{}, { result }])
    expect(keys({ ...known, removedAlone: true })).toEqual(keys(known))
})

it('a route of table 0, or with a negative number, is as one without: the kernel and the reference plugins leave it out', () => {
  const routes = [{ dst: '10.9.0.0/16', table: 0, priority: -1, mtu: -1, advmss: 0 }]
  const conf = { ...lan.conf, ipam: { ...ipam, routes } }
  const { resources } = planStage([request(conf)], { granted, facts: noFacts })
  expect(resources.find(({ resource }) => keyOf(resource).includes('10.9.0.0'))?.resource).toEqual({
    kind: 'route',
    place: 'container',
    link: 'eth0',
    destination: '10.9.0.0/16',
    gateway: '10.4.0.1',
    inFront: true,
  })
})

it('a MAC follows the address of the container, unless one was asked for', () => {
  const macOf = (conf: JsonObject) =>
    planStage([request({ ...lan.conf, ...conf })], { granted, facts: noFacts }).result.interfaces[2]
      ?.mac
  expect(macOf({})).toMatch(/^02:[0-9a-f]{2}:0a:04:00:02$/)
  expect(macOf({ runtimeConfig: { mac: '02:AA:BB:CC:DD:EE' } })).toBe('02:aa:bb:cc:dd:ee')
})

it('a bridge that exists keeps its MAC and MTU', () => {
  const facts = { links: { br0: { kind: 'bridge', mac: '02:00:00:00:00:09', mtu: 1400 } } }
  const { resources, result } = planStage([request({ ...lan.conf, mtu: 1300 })], { granted, facts })
  expect(resources[0]?.resource).toEqual({
    kind: 'link',
    place: 'host',
    name: 'br0',
    type: { name: 'bridge' },
    up: true,
  })
  expect(result.interfaces[0]?.mac).toBe('02:00:00:00:00:09')
})

it('a bridge that another made goes on as it hears routers', () => {
  const keys = (mac: string) => {
    const facts = { links: { br0: { kind: 'bridge', mac, mtu: 1500 } } }
    return planStage([lan], { granted, facts }).resources.map(({ resource }) => keyOf(resource))
  }
  const hearing = 'sysctl host net/ipv6/conf/br0/accept_ra'
  expect(keys('52:54:00:12:34:56')).not.toContain(hearing)
  expect(keys(macFor('bridge', 'br0'))).toContain(hearing)
})

it('a bridge with 1,023 ports takes no more, and what is there can be removed', () => {
  const full = { kind: 'bridge', mac: '02:00:00:00:00:09', mtu: 1500, ports: 1023 }
  const plan = (ports: number) =>
    planStage([lan], { granted, facts: { links: { br0: { ...full, ports } } } })
  expect(() => plan(1023)).toThrow(expect.objectContaining({ code: 5 }))
  expect(plan(1022).resources.length).toBeGreaterThan(0)
  expect(planFormer([lan], { facts: { links: { br0: full } } }).length).toBeGreaterThan(0)
})

it('nothing must be known of a host for plugins that ask for nothing', () => {
  expect(stageNeeds([publishing, kept]).wants).toBeUndefined()
})

it('what is claimed and what must be known is told before anything is done', () => {
  const { claim, wants } = stageNeeds([lan, publishing])
  expect(wants?.links).toEqual(['br0'])
  expect(claim).toMatchObject({
    network: 'lan',
    holder: { containerId: 'default-web', ifname: 'eth0' },
    dataDir: '/var/lib/cni/networks',
  })
  expect(claim?.sets).toHaveLength(1)
})

it.each<[string, readonly PluginRequest[], Facts?]>([
  ['no bridge by that name', [lan], { links: { br0: { kind: 'veth', mac: '', mtu: 1500 } } }],
  ['a chained plugin that stands first', [publishing]],
  ['an interface that does not exist', [request({ type: 'macvlan', master: 'nope', ipam })]],
])('refused with code 7: %s', (_, requests, facts = noFacts) => {
  expect(() => planStage(requests, { granted, facts })).toThrow(
    expect.objectContaining({ code: 7 }),
  )
})

it.each<[key: string, value: Json]>([
  ['mtu', 60],
  ['mtu', 'big'],
  ['isGateway', 'yes'],
  ['bridge', 'a name with blanks'],
  ['bridge', 'a-name-of-17-char'],
  ['bridge', 'br%d'],
  ['runtimeConfig', { mac: '01:00:00:00:00:01' }],
  ['hairpinMode', 1],
])('a conf of bridge with %s %j is refused with code 7 naming the key', (key, value) => {
  const needs = () => stageNeeds([request({ ...lan.conf, [key]: value })])
  expect(needs).toThrow(expect.objectContaining({ code: 7 }))
  expect(needs).toThrow(key === 'runtimeConfig' ? 'MAC' : key)
})

it.each<Json>([
  { hostPort: 0, containerPort: 80, protocol: 'tcp' },
  { hostPort: 70000, containerPort: 80, protocol: 'tcp' },
  { hostPort: 80, protocol: 'tcp' },
  { hostPort: 80, containerPort: 80, protocol: 'icmp' },
  { hostPort: 80, containerPort: 80, protocol: 'tcp', hostIP: 'host' },
  { hostPort: 80, containerPort: 80, protocol: 'tcp', hostIP: '0:0::1' },
  'tcp',
])('a port mapping %j is refused with code 7', (mapping) => {
  const conf = { type: 'portmap', runtimeConfig: { portMappings: [mapping] } }
  expect(() => stageNeeds([request(conf)])).toThrow(expect.objectContaining({ code: 7 }))
})

it('an address of both families is published on both, one on an address of the host on its family alone', () => {
  const both = [...granted, { address: 'fd00::2/64', gateway: 'fd00::1' }]
  const keys = (hostIP?: string) => {
    const mapping = {
      hostPort: 53,
      containerPort: 53,
      protocol: 'udp',
      ...(hostIP ? { hostIP } : {}),
    }
    const conf = { type: 'portmap', runtimeConfig: { portMappings: [mapping] } }
    return planStage([lan, request(conf)], { granted: both, facts: noFacts }).resources.flatMap(
      ({ resource }) => (resource.kind === 'publish' ? [keyOf(resource)] : []),
    )
  }
  expect(keys()).toEqual(['publish udp 0.0.0.0 53', 'publish udp :: 53'])
  expect(keys('0.0.0.0')).toEqual(['publish udp 0.0.0.0 53'])
  expect(keys('fd00:9::1')).toEqual(['publish udp fd00:9::1 53'])
  expect(keys('FD00:9:0::1')).toEqual(['publish udp fd00:9::1 53'])
  expect(keys('0:0::0')).toEqual(['publish udp :: 53'])
  expect(keys('::ffff:192.0.2.1')).toEqual(['publish udp 192.0.2.1 53'])
  expect(keys('::ffff:0.0.0.0')).toEqual(['publish udp 0.0.0.0 53'])
})

it('more mappings than a container can have are refused by their number, and can be removed', () => {
  const portMappings = Array.from({ length: 32_769 }, (_, at) => ({
    hostPort: 1 + at,
    containerPort: 80,
  }))
  const chain = [lan, request({ type: 'portmap', runtimeConfig: { portMappings } })]
  const input = { granted, facts: noFacts }
  expect(() => planStage(chain, input)).toThrow(
    expect.objectContaining({ code: 7, message: expect.stringContaining('32769 ports') }),
  )
  expect(planFormer(chain, { facts: noFacts }).length).toBeGreaterThan(32_769)
})

it('of two mappings of one port the first counts', () => {
  const to = (containerPort: number) => ({ hostPort: 8080, containerPort, protocol: 'tcp' })
  const conf = { type: 'portmap', runtimeConfig: { portMappings: [to(80), to(81)] } }
  const { resources } = planStage([lan, request(conf)], { granted, facts: noFacts })
  const ports = resources.flatMap(({ resource }) =>
    resource.kind === 'publish' ? [resource.port] : [],
  )
  expect(ports).toEqual([80])
})

it('an isolated policy keeps ports of one bridge apart without changing hairpin', () => {
  const own = request({ ...lan.conf, hairpinMode: true })
  const isolated = request({ type: 'firewall', ingressPolicy: 'isolated' })
  const { resources } = planStage([own, isolated], { granted, facts: noFacts })
  const port = resources.find(({ resource }) => resource.kind === 'bridge port')?.resource
  expect(port).toMatchObject({ hairpin: true, isolated: true })
})

it.each([
  [{ called: true }, {}],
  [{}, { isolated: false }],
])('CHECK of a bridge %j leaves what firewall makes of its port', (how, wanted) => {
  const { result } = planStage([lan], { granted, facts: noFacts })
  const former = planFormer([{ ...lan, ...how }], { facts: noFacts, result, checks: true })
  const port = former.find(({ resource }) => resource.kind === 'bridge port')?.resource
  expect(port).toEqual({ kind: 'bridge port', link: expect.any(String), hairpin: false, ...wanted })
})

const keysOf = (requests: readonly PluginRequest[], ips = granted) =>
  planStage(requests, { granted: ips, facts: noFacts }).resources.map(
    ({ resource, owner }) => `${owner.kind}: ${keyOf(resource)}`,
  )

it('a bridge without gateway, masquerading and routes is internal', () => {
  const inner = { type: 'bridge', bridge: 'br0', ipam }
  const internal = 'network: isolate br0 internal'
  expect(keysOf([request(inner)])).toContain(internal)
  expect(keysOf([request({ ...inner, isGateway: true })])).not.toContain(internal)
  const routed = { ...inner, ipam: { ...ipam, routes: [{ dst: '10.0.0.0/8' }] } }
  expect(keysOf([request(routed)])).not.toContain(internal)
})

it('an end of a veth on the host is admitted for the attachment, and its address alone is masqueraded', () => {
  const both = [...granted, { address: 'fd00::2/64', gateway: 'fd00::1' }]
  const ptp = request({ type: 'ptp', ipMasq: true, ipam })
  const open = request({ type: 'firewall' })
  const { resources } = planStage([ptp, publishing, open], { granted: both, facts: noFacts })
  const subnets = resources.flatMap(({ resource, owner }) =>
    resource.kind === 'admit' ? [[owner.kind, ...resource.subnets]] : [],
  )
  expect(subnets).toEqual([['attachment', '10.4.0.2/32', 'fd00::2/128']])
  expect(keysOf([ptp], both)).toEqual(
    expect.arrayContaining([
      'attachment: masquerade 10.4.0.2/32',
      'attachment: masquerade fd00::2/128',
      expect.stringMatching(/^attachment: address host veth[0-9a-f]+ fe80::[0-9a-f:]+\/64$/),
    ]),
  )
})

it.each([
  ['of ours has the link-local address that its MAC makes', macFor('bridge', 'br0'), 1],
  ['of another has what the kernel gave it, by the MAC that it had then', '02:42:ac:11:00:09', 0],
])('a bridge with IPv6 %s', (_, mac, count) => {
  const six = [{ address: 'fd00::2/64', gateway: 'fd00::1' }]
  const facts = { links: { br0: { kind: 'bridge', mac, mtu: 1500 } } }
  const { resources } = planStage([lan], { granted: six, facts })
  const keys = resources.map(({ resource }) => keyOf(resource))
  const own = `address host br0 ${linkLocalOf(macFor('bridge', 'br0'))}/64`
  expect(keys.filter((key) => key.includes('fe80'))).toEqual(count === 1 ? [own] : [])
  expect(keysOf([lan]).some((key) => key.includes('fe80'))).toBe(false)
})

it('a route of ptp to another address of the subnet, which is behind the gateway, is there at once', () => {
  const routes = [
    { dst: '10.50.0.0/16', gw: '10.4.0.7' },
    { dst: '10.51.0.0/16', gw: '10.4.0.1' },
    { dst: '10.52.0.0/16', gw: '10.5.0.1' },
  ]
  const other = request({ type: 'ptp', ipam: { ...ipam, routes } })
  const { resources } = planStage([other], { granted, facts: noFacts })
  const onLink = resources.flatMap(({ resource }) =>
    resource.kind === 'route' && resource.onLink ? [resource.destination] : [],
  )
  expect(onLink).toEqual(['10.50.0.0/16'])
})

it('packets of ptp to a subnet have the address that is in it', () => {
  const two = [...granted, { address: '10.9.0.2/24', gateway: '10.9.0.1' }]
  const { resources } = planStage([request({ type: 'ptp', ipam })], {
    granted: two,
    facts: noFacts,
  })
  const routes = resources.flatMap(({ resource }) =>
    resource.kind === 'route' && resource.place === 'container'
      ? [[resource.destination, resource.source]]
      : [],
  )
  expect(routes).toEqual([
    ['10.4.0.1/32', '10.4.0.2'],
    ['10.4.0.0/24', '10.4.0.2'],
    ['10.9.0.1/32', '10.9.0.2'],
    ['10.9.0.0/24', '10.9.0.2'],
  ])
})

it.each<[string, boolean, JsonObject, readonly string[]]>([
  ['IPv4 has no link-local address', false, { ipam }, ['10.4.0.2/24']],
  ['IPv6 has one', true, { ipam }, ['fd00::2/64']],
  ['no IPAM plugin has one', true, {}, []],
])('an interface with %s', (_, expected, more, addresses) => {
  const facts = { links: { eth9: { kind: '', mac: '02:00:00:00:00:09', mtu: 1500 } } }
  for (const type of ['bridge', 'macvlan']) {
    const conf = request({ type, bridge: 'br0', master: 'eth9', ...more })
    const own = addresses.map((address) => ({ address }))
    const { resources } = planStage([conf], { granted: own, facts })
    const links = resources.flatMap(({ resource }) =>
      resource.kind === 'link' && resource.place === 'container' ? [resource.linkLocal] : [],
    )
    expect(links).toEqual([expected])
  }
})

it.each<[JsonObject, JsonObject]>([
  [{}, { nameservers: ['10.9.9.9'] }],
  [{ nameservers: [] }, {}],
  [{ search: null, domain: '' }, { nameservers: ['10.9.9.9'] }],
  [{ nameservers: [], domain: 'a.test' }, { domain: 'a.test' }],
])('dns %j of a conf beside that of its IPAM plugin is %j', (dns, expected) => {
  for (const type of ['bridge', 'ptp']) {
    const { result } = planStage([request({ type, bridge: 'br0', ipam, dns })], {
      granted,
      facts: noFacts,
      dns: { nameservers: ['10.9.9.9'] },
    })
    expect(result.dns).toEqual(expected)
  }
})

it('tuning sets sysctls below net alone, and its MAC is in the result', () => {
  const tuned = request({
    type: 'tuning',
    mac: '02:00:00:00:00:07',
    sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1', '/net/ipv4//ip_forward': '1' },
  })
  const { resources, result } = planStage([lan, tuned], { granted, facts: noFacts })
  expect(resources.map(({ resource }) => keyOf(resource))).toEqual(
    expect.arrayContaining([
      'sysctl container net/ipv4/conf/eth0/arp_notify',
      'sysctl container net/ipv4/ip_forward',
    ]),
  )
  expect(result.interfaces[2]?.mac).toBe('02:00:00:00:00:07')
  for (const key of ['kernel/panic', '../kernel/panic', 'net', 'network/x', '']) {
    const escaping = request({ type: 'tuning', sysctl: { [key]: '1' } })
    expect(() => stageNeeds([escaping]), key).toThrow(expect.objectContaining({ code: 7 }))
  }
})

it.each([
  ['of ours', macFor('bridge', 'br0'), { mac: macFor('bridge', 'br0') }],
  ['of another, which follows its ports', '02:00:00:00:00:07', {}],
])('CHECK asks for the MAC that a bridge %s had', (_, mac, wanted) => {
  const { result } = planStage([lan], {
    granted,
    facts: { links: { br0: { kind: 'bridge', mac, mtu: 1500, ports: 1 } } },
  })
  const facts = {
    links: { br0: { kind: 'bridge', mac: '02:00:00:00:00:99', mtu: 1500, ports: 1 } },
  }
  const [bridge] = planFormer([lan], { facts, result, checks: true })
  expect(bridge?.resource).toEqual({
    ...{ kind: 'link', place: 'host', name: 'br0', type: { name: 'bridge' }, up: true },
    ...wanted,
  })
})

const first = [undefined, undefined, 7, undefined]
it.each<
  [string, string, { called?: boolean; publishes?: boolean }, readonly (number | undefined)[]]
>([
  ['of the first interface comes first', 'eth0', {}, first],
  ['of a further one goes behind', 'eth12', {}, [12, 1036, 7, undefined]],
  [
    'of one that publishes ports is in front',
    'eth1',
    { publishes: true },
    [undefined, 1023, 7, undefined],
  ],
  ['of an interface without a number comes first', 'wan', {}, first],
  ['stays where another runtime calls', 'eth1', { called: true }, first],
])('a default route %s', (_, ifname, { called = false, publishes = false }, priorities) => {
  const routes = [
    { dst: '0.0.0.0/0' },
    { dst: '::/0' },
    { dst: '::/0', priority: 7 },
    { dst: '10.0.0.0/8' },
  ]
  const plain = request({ type: 'bridge' })
  const asked = { ...plain, called, attachment: { ...plain.attachment, ifname } }
  const found = behindOthers(routes, { request: asked, publishes })
  expect(found.map(({ priority }) => priority)).toEqual(priorities)
})

it.each([
  ['none', [], 1],
  ['some', [{ hostPort: 80, containerPort: 80, protocol: 'tcp' }], undefined],
])('the way out of a second interface that publishes %s', (_, portMappings, priority) => {
  const on = (conf: JsonObject) => {
    const plain = request(conf)
    return { ...plain, attachment: { ...plain.attachment, ifname: 'eth1' } }
  }
  const stage = [on(lan.conf), on({ type: 'portmap', runtimeConfig: { portMappings } })]
  const { result } = planStage(stage, { granted, facts: noFacts })
  expect(result.routes).toEqual([{ dst: '0.0.0.0/0', gw: '10.4.0.1', ...present({ priority }) }])
})
