import type { JsonObject, Result } from '@vethra/cni'
import { keyOf, type Route } from '@vethra/state'
import { describe, expect, it } from 'vitest'
import { demandAllowed, type Facts, planFormer, planStage, stageNeeds, tuning } from './index.ts'
import { plannerOf } from './registry.ts'

const attachment = {
  containerId: 'web',
  netns: '/run/netns/web',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: {},
}
const requestOf = (conf: JsonObject) => ({
  network: 'lan',
  cniVersion: '1.0.0',
  conf,
  attachment,
  called: true,
})
const granted = [{ address: '10.4.0.2/24', gateway: '10.4.0.1' }]
const ipam = { type: 'host-local', subnet: '10.4.0.0/24', routes: [{ dst: '0.0.0.0/0' }] }
const before: Result = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'veth1' }, { name: 'eth0', sandbox: '/run/netns/web' }],
  ips: [{ address: '10.4.0.2/24', gateway: '10.4.0.1', interface: 1 }],
  routes: [{ dst: '0.0.0.0/0' }],
  dns: {},
}
const eth9 = { kind: '', mac: '02:00:00:00:00:07', mtu: 1500 }
const facts: Facts = {
  links: { eth9 },
  inside: { eth9 },
  tables: [255, 254, 253, 100].map((table) => ({ table })),
  device: 'eth9',
}

function planOf(conf: JsonObject, previous?: Result) {
  return planStage([requestOf(conf)], { facts, granted, ...(previous ? { previous } : {}) })
}

function keysOf(conf: JsonObject, previous?: Result): readonly string[] {
  return planOf(conf, previous).resources.map(({ resource }) => keyOf(resource))
}

describe('plans of plugins', () => {
  it('dummy has an interface of its own with the addresses of IPAM', () => {
    expect(keysOf({ type: 'dummy', ipam })).toEqual([
      'link container eth0',
      'address container eth0 10.4.0.2/24',
      'route container eth0 0.0.0.0/0 10.4.0.1 0 254',
    ])
  })

  it('lo is up with the first interface, unless another runtime calls: that is its own affair', () => {
    const lo = (called: boolean) =>
      planStage([{ ...requestOf({ type: 'dummy', ipam }), called }], { facts, granted })
        .resources.map(({ resource }) => keyOf(resource))
        .includes('link settings container lo')
    expect([lo(false), lo(true)]).toEqual([true, false])
  })

  it('host-device takes the device and its MAC, and gives back whatever the alias names', () => {
    const { resources, result } = planOf({ type: 'host-device', device: 'eth9', ipam })
    expect(resources[0]?.resource).toMatchObject({
      kind: 'moved link',
      device: 'eth9',
      name: 'eth0',
    })
    expect(result.interfaces).toEqual([{ name: 'eth0', mac: eth9.mac, sandbox: '/run/netns/web' }])
    const former = planFormer([requestOf({ type: 'host-device', device: 'eth9' })], {
      facts: { links: {} },
    })
    expect(former[0]?.resource).toMatchObject({ kind: 'moved link', device: '' })
  })

  it('host-device moves nothing of a device that a driver of DPDK has, and has its addresses', () => {
    const conf = { type: 'host-device', pciBusID: '0000:99:00.0', ipam }
    const driven = { ...facts, device: '' }
    const { resources, result } = planStage([requestOf(conf)], { facts: driven, granted })
    expect({ resources, ...result }).toMatchObject({ resources: [], interfaces: [] })
    expect(result.ips).toEqual([{ ...granted[0], interface: 0 }])
  })

  it('sbr looks packets of each address up in the first free table, and takes the routes over', () => {
    const { resources, removes = [] } = planOf({ type: 'sbr' }, before)
    expect(resources.map(({ resource }) => keyOf(resource))).toEqual([
      'rule container 10.4.0.2/32',
      'route container eth0 10.4.0.0/24 - 0 101',
      'route container eth0 0.0.0.0/0 10.4.0.1 0 101',
    ])
    expect(removes.map(({ resource }) => keyOf(resource))).toEqual([
      'route container eth0 10.4.0.0/24 - 0 254',
      'route container eth0 0.0.0.0/0 10.4.0.1 0 254',
    ])
    expect(keysOf({ type: 'sbr', table: 7, gateways: ['10.4.0.9'] }, before)).toContain(
      'route container eth0 0.0.0.0/0 10.4.0.9 0 7',
    )
    // Whoever names a table fills it.
    const named = planOf({ type: 'sbr', table: 7 }, before)
    expect(named.resources.map(({ resource }) => keyOf(resource))).toEqual([
      'rule container 10.4.0.2/32',
    ])
    expect(named.removes).toEqual([])
  })

  it('sbr takes the routes of the interface over as they are, each into the tables of its subnet', () => {
    const route = (link: string, destination: string, more: object = {}): Route => ({
      ...({ kind: 'route', place: 'container', link, destination } as const),
      ...more,
    })
    const ips = ['10.4.0.2/24', '10.5.0.2/24', 'fd00::2/64'].map((address) => ({ address }))
    const routes = [
      route('eth0', '10.4.0.0/24', { source: '10.4.0.2' }),
      route('eth0', '10.5.0.0/24', { source: '10.5.0.2' }),
      route('eth0', '10.9.0.0/16', { gateway: '10.4.0.7' }),
      route('eth0', '10.8.0.0/16'),
      route('eth0', 'fd00::/64', { priority: 256 }),
      route('eth0', 'fe80::/64', { priority: 256 }),
      route('eth1', '10.4.0.0/24', { source: '10.4.0.3' }),
    ]
    const { resources, removes = [] } = planStage([requestOf({ type: 'sbr' })], {
      facts: { links: {}, routes },
      granted: [],
      previous: { ...before, ips },
    })
    const made = resources.flatMap(({ resource }) =>
      resource.kind === 'route' ? [[resource.destination, resource.table]] : [],
    )
    expect(made).toEqual([
      ['10.4.0.0/24', 100],
      ['10.9.0.0/16', 100],
      ['10.8.0.0/16', 100],
      ['10.5.0.0/24', 101],
      ['10.8.0.0/16', 101],
      ['fd00::/64', 102],
    ])
    expect(removes.map(({ resource }) => resource)).toEqual([
      ...[routes[0], routes[2], routes[3], routes[1], routes[4]],
    ])
  })

  it('vrf makes a domain of the first free table, and has the interface in it with its addresses', () => {
    const { resources } = planOf({ type: 'vrf', vrfname: 'blue' }, before)
    expect(resources.map(({ resource }) => resource)).toEqual([
      expect.objectContaining({ kind: 'link', name: 'blue', type: { name: 'vrf', table: 1 } }),
      expect.objectContaining({ kind: 'link settings', link: 'eth0', master: 'blue' }),
      expect.objectContaining({ kind: 'address', address: '10.4.0.2' }),
      expect.objectContaining({ kind: 'route', destination: '0.0.0.0/0', table: 1 }),
    ])
  })

  it('vrf has a port more in the VRF of its name, by its table, and no other name shares one', () => {
    const vrfs = {
      ...facts,
      tables: [
        { table: 1, vrf: 'red' },
        { table: 7, vrf: 'blue' },
      ],
    }
    const plan = (conf: JsonObject) =>
      planStage([requestOf({ type: 'vrf', ...conf })], {
        facts: vrfs,
        granted,
        previous: before,
      }).resources.flatMap(({ resource }) => ('table' in resource ? [resource.table] : []))
    expect([plan({ vrfname: 'blue' }), plan({ vrfname: 'green' })]).toEqual([[7], [2]])
    expect(() => plan({ vrfname: 'blue', table: 9 })).toThrow(
      'VRF blue already exist with different routing table 7',
    )
  })

  it('ipvlan without a master lies on the one interface of the plugin before it', () => {
    const chained = requestOf({ type: 'ipvlan' })
    const on = (...interfaces: Result['interfaces']) => {
      const previous = { ...before, interfaces }
      const { wants, plan } = stageNeeds([chained], previous)
      return [wants?.links, plan({ facts, granted: [], previous }).resources[0]?.resource]
    }
    const type = expect.objectContaining({ name: 'ipvlan', parent: 'eth9' })
    expect(on({ name: 'eth9' })).toEqual([['eth9'], expect.objectContaining({ type })])
    expect(() => on(...before.interfaces)).toThrow(
      'chained master failure. PrevResult lacks a single named interface',
    )
  })

  it.each(['C2-11-22-33-44-55', 'c211.2233.4455', 'c2:11:22:33:44:55'])(
    'MAC %s is read as Go reads it',
    (mac) => {
      const asked = 'c2:11:22:33:44:55'
      const made = planOf({ type: 'macvlan', master: 'eth9', mac }).resources[0]?.resource
      expect(made).toMatchObject({ mac: asked })
      expect(tuning.parse(requestOf({ mac })).settings).toEqual({ mac: asked })
      const { wants } = stageNeeds([requestOf({ type: 'host-device', hwaddr: mac })])
      expect(wants?.device).toEqual({ mac: asked })
    },
  )

  it('macvlan, ipvlan and vlan lie on what the host has, or the container', () => {
    const typeOf = (conf: JsonObject) => planOf(conf).resources[0]?.resource
    expect(typeOf({ type: 'macvlan', master: 'eth9', bcqueuelen: 9 })).toMatchObject({
      type: { name: 'macvlan', parent: 'eth9', mode: 'bridge', broadcastQueue: 9 },
    })
    expect(
      typeOf({ type: 'vlan', master: 'eth9', vlanId: 7, linkInContainer: true }),
    ).toMatchObject({
      type: { name: 'vlan', parent: 'eth9', id: 7, parentPlace: 'container' },
    })
    const mac = '02:00:00:00:00:33'
    expect(typeOf({ type: 'macvlan', master: 'eth9', mac })).toMatchObject({ mac })
    const passthru = planOf({ type: 'macvlan', master: 'eth9', mode: 'passthru', mac })
    expect(passthru.resources[0]?.resource).not.toHaveProperty('mac')
    expect(passthru.result.interfaces[0]).toMatchObject({ mac: eth9.mac })
    const { wants } = stageNeeds([requestOf({ type: 'macvlan', linkInContainer: true })])
    expect(wants?.defaultRoute).toBe('container')
    const inside = planStage([requestOf({ type: 'macvlan', linkInContainer: true })], {
      facts: { links: {}, inside: { eth9 }, defaultRoute: 'eth9' },
      granted: [],
    })
    expect(inside.resources[0]?.resource).toMatchObject({
      type: { parent: 'eth9', parentPlace: 'container' },
    })
    expect(keysOf({ type: 'ipvlan', master: 'eth9' }, before)).toContain(
      'address container eth0 10.4.0.2/24',
    )
    // A key that only another of them has is ignored, as each unknown one is.
    expect(typeOf({ type: 'vlan', master: 'eth9', vlanId: 7, mode: 'x' })).toMatchObject({
      type: { name: 'vlan', id: 7 },
    })
    expect(typeOf({ type: 'ipvlan', master: 'eth9', vlanId: 5000 })).toMatchObject({
      type: { name: 'ipvlan' },
    })
  })

  it('bridge puts the gateway of a VLAN on an interface of that VLAN', () => {
    const conf = {
      type: 'bridge',
      bridge: 'br0',
      vlan: 7,
      vlanTrunk: [{ minID: 3, maxID: 5 }, { id: 4 }],
    }
    const { resources, result } = planOf({ ...conf, isGateway: true, ipam })
    expect(resources.map(({ resource }) => keyOf(resource))).toEqual(
      expect.arrayContaining([
        'link host br0',
        'link host br0.7',
        'address host br0.7 10.4.0.1/24',
      ]),
    )
    expect(
      resources.find(({ resource }) => resource.kind === 'bridge port')?.resource,
    ).toMatchObject({
      vlans: { untagged: 7, tagged: [3, 4, 5], keepsDefault: false },
    })
    expect(result.interfaces.map(({ name }) => name)[3]).toBe('br0.7')
  })

  it('bridge refuses another address of the bridge, or has it go', () => {
    const other = {
      kind: 'bridge',
      mac: '02:00:00:00:00:01',
      mtu: 1500,
      addresses: ['10.9.0.1/16'],
    }
    const plan = (conf: JsonObject, called: boolean) => {
      const request = requestOf({ type: 'bridge', bridge: 'br0', isGateway: true, ipam, ...conf })
      return planStage([{ ...request, called }], { facts: { links: { br0: other } }, granted })
    }
    expect(() => plan({}, true)).toThrow('already has an IP address different from 10.4.0.1/24')
    // In a network's own process it is put beside the other.
    expect(plan({}, false).removes).toEqual([])
    for (const called of [true, false]) {
      const { removes = [] } = plan({ forceAddress: true }, called)
      expect(removes.map(({ resource }) => keyOf(resource))).toEqual([
        'address host br0 10.9.0.1/16',
      ])
    }
  })

  it('bridge has a gateway outside of the subnet with the broadcast address of its own', () => {
    const outside = [{ address: '10.4.0.2/24', gateway: '192.168.9.1' }]
    const request = requestOf({ type: 'bridge', bridge: 'br0', isGateway: true, ipam })
    const { resources } = planStage([request], { facts, granted: outside })
    expect(resources.map(({ resource }) => resource)).toContainEqual(
      expect.objectContaining({ address: '192.168.9.1', broadcast: '192.168.9.255' }),
    )
  })

  it('a second plugin that makes the interface is refused by name', () => {
    const confs = [
      { type: 'bridge', bridge: 'br0', ipam },
      { type: 'ptp', ipam },
    ]
    expect(() => planStage(confs.map(requestOf), { facts, granted })).toThrow(
      'plugin ptp makes interface eth0 a second time',
    )
  })

  it('bridge keeps an interface down, asks first for addresses, and knows the one MAC of a port', () => {
    const down = planOf({
      type: 'bridge',
      bridge: 'br0',
      disableContainerInterface: true,
      macspoofchk: true,
    })
    const mac = down.result.interfaces[2]?.mac
    expect(down.resources.map(({ resource }) => resource)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'link', name: 'eth0', up: false }),
        expect.objectContaining({ kind: 'bridge port', onlyMac: mac }),
      ]),
    )
    const asking = planOf({ type: 'bridge', bridge: 'br0', enabledad: true, ipam })
    expect(asking.resources.map(({ resource }) => resource)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'address', asksFirst: true })]),
    )
  })
})

// Texts that callers and the reference plugins' own tests look at.
it.each<[JsonObject, string]>([
  [
    { type: 'bridge', hairpinMode: true, promiscMode: true },
    'cannot set hairpin mode and promiscuous mode at the same time',
  ],
  [{ type: 'bridge', vlan: 5000 }, 'invalid VLAN ID 5000 (must be between 0 and 4094)'],
  [{ type: 'bridge', ipMasqBackend: 'x' }, 'unknown ipmasq backend "x"'],
  [
    { type: 'bridge', disableContainerInterface: true, ipam },
    'cannot use IPAM when DisableContainerInterface flag is set',
  ],
  [{ type: 'bridge', vlanTrunk: [{ id: 4095 }] }, 'incorrect trunk id parameter'],
  [{ type: 'bridge', vlanTrunk: [{ minID: 0, maxID: 3 }] }, 'incorrect trunk minID parameter'],
  [{ type: 'bridge', vlanTrunk: [{ minID: 1, maxID: 4096 }] }, 'incorrect trunk maxID parameter'],
  [{ type: 'bridge', vlanTrunk: [{ minID: 9, maxID: 3 }] }, 'minID is greater than maxID'],
  [{ type: 'bridge', vlanTrunk: [{ maxID: 3 }] }, 'simultaneously, minID is missing'],
  [{ type: 'bridge', vlanTrunk: [{ minID: 3 }] }, 'simultaneously, maxID is missing'],
  [{ type: 'macvlan', master: 'eth9', mode: 'x' }, 'unknown macvlan mode: "x"'],
  [
    { type: 'macvlan', master: 'eth9', mtu: 9000 },
    'invalid MTU 9000, must be [0, master MTU(1500)]',
  ],
  [{ type: 'vlan', vlanId: 7 }, '"master" field is required'],
  [{ type: 'portmap', backend: 'x' }, 'unrecognized backend "x"'],
  [{ type: 'portmap', markMasqBit: 32 }, 'MasqMarkBit must be between 0 and 31'],
  [
    { type: 'portmap', markMasqBit: 3, externalSetMarkChain: 'X' },
    'Cannot specify externalSetMarkChain and markMasqBit',
  ],
  [{ type: 'portmap', masqAll: 1 }, 'masqAll'],
  [{ type: 'portmap', snat: 'no' }, 'snat'],
  [{ type: 'firewall', iptablesAdminChainName: '-F' }, 'iptablesAdminChainName'],
  [{ type: 'firewall', iptablesAdminChainName: 'A'.repeat(29) }, 'iptablesAdminChainName'],
  [{ type: 'firewall', firewalldZone: 7 }, 'firewalldZone'],
  [{ type: 'firewall', ingressPolicy: 'x' }, 'unknown ingress policy: "x"'],
  [{ type: 'vrf' }, 'configuration is expected to have a valid vrf name'],
  [
    { type: 'tuning', sysctl: { 'kernel.pid_max': '1' } },
    'invalid net sysctl key: "kernel.pid_max"',
  ],
  [{ type: 'host-device' }, 'specify either "device", "hwaddr", "kernelpath" or "pciBusID"'],
  [
    { type: 'host-device', kernelpath: 'virtual/net/hd0' },
    'kernel device path "virtual/net/hd0" must be absolute and begin with /sys/devices/',
  ],
  [{ type: 'bridge', MTU: 1400, mtu: 1500 }, 'invalid mtu ["MTU","mtu"]'],
  [{ type: 'sbr', gateways: ['10.0.0.1', '10.0.0.2'] }, 'only one gateway per address family'],
])('%j is refused', (conf, message) => {
  expect(() => planOf(conf, before)).toThrow(message)
})

it('portmap names a port that is none', () => {
  const runtimeConfig = (hostPort: number, containerPort: number) => ({
    portMappings: [{ hostPort, containerPort, protocol: 'tcp' }],
  })
  const plan = (host: number, container: number) =>
    planOf({ type: 'portmap', runtimeConfig: runtimeConfig(host, container) }, before)
  expect(() => plan(0, 80)).toThrow('Invalid host port number: 0')
  expect(() => plan(80, -1)).toThrow('Invalid container port number: -1')
})

it('loopback tells which addresses lo has, and refuses one that leads elsewhere', () => {
  const request = requestOf({ type: 'loopback' })
  expect(stageNeeds([request]).wants?.inside).toEqual(['lo'])
  const withLo = (addresses: readonly string[]) =>
    planStage([request], {
      facts: { links: {}, inside: { lo: { ...eth9, addresses } } },
      granted: [],
    }).result.ips.map(({ address }) => address)
  expect(withLo([])).toEqual(['127.0.0.1/8', '::1/128'])
  expect(withLo(['127.0.0.5/8', '127.0.0.1/8'])).toEqual(['127.0.0.5/8', '::1/128'])
  expect(() => withLo(['10.9.9.9/24'])).toThrow(
    'loopback interface found with non-loopback address "10.9.9.9"',
  )
})

it('an empty vlanTrunk has the bridge filter VLANs, and leaves the port its default one', () => {
  const { resources } = planOf({ type: 'bridge', bridge: 'br0', vlanTrunk: [] })
  const found = resources.map(({ resource }) => resource)
  expect(found.find(({ kind }) => kind === 'link')).toMatchObject({
    type: { name: 'bridge', vlanFiltering: true },
  })
  expect(found.find(({ kind }) => kind === 'bridge port')).toMatchObject({
    vlans: { tagged: [], keepsDefault: true },
  })
})

it('firewall has a zone and a chain where it is told, and says none by itself', () => {
  const admitOf = (conf: JsonObject) =>
    planOf({ type: 'firewall', ...conf }, before).resources.find(
      ({ resource }) => resource.kind === 'admit',
    )?.resource
  const plain = { kind: 'admit', bridge: 'veth1', subnets: ['10.4.0.2/32'] }
  expect(admitOf({})).toEqual(plain)
  expect(admitOf({ firewalldZone: '' })).toEqual(plain)
  expect(admitOf({ firewalldZone: 'work', iptablesAdminChainName: 'MY-chain_1.2' })).toEqual({
    ...plain,
    ...{ zone: 'work', adminChain: 'MY-chain_1.2' },
  })
})

it.each<[JsonObject, Result | undefined, string]>([
  [
    { type: 'firewall', ingressPolicy: 'same-bridge' },
    { ...before, interfaces: [] },
    'interface needs to be set for ingress policy "same-bridge", make sure to chain "firewall" plugin with "bridge"',
  ],
  [
    { type: 'macvlan', master: 'eth9', mtu: -1 },
    undefined,
    'invalid MTU -1, must be [0, master MTU(1500)]',
  ],
  [
    { type: 'bandwidth', ingressRate: 8, ingressBurst: 8 },
    { ...before, interfaces: [] },
    'no interfaces provided',
  ],
])('%j fails in the words of the original', (conf, previous, text) => {
  expect(() => planOf(conf, previous)).toThrow(text)
})

it('the list of allowed sysctls may have Windows line ends, and blanks around a pattern', () => {
  const conf = { sysctl: { 'net.ipv4.ip_forward': '1' } }
  demandAllowed(conf, '^net\\.core\r\n ^net\\.ipv4\\.ip_forward$ \r\n')
  expect(() => demandAllowed(conf, '\r\n')).toThrow('is not allowed')
})

it('bandwidth cannot be checked without the interfaces that it was between', () => {
  const limited = requestOf({ type: 'bandwidth', ingressRate: 8000, ingressBurst: 8000 })
  const result = { ...before, interfaces: [], ips: [] }
  const planned = (checks: boolean) => () => planFormer([limited], { facts, result, checks })
  expect(planned(true)).toThrow('no interfaces provided')
  expect(planned(false)()).toEqual([])
})

it('every name of a plugin has a planner, but those of IPAM', async () => {
  const { pluginNames } = await import('./plugin-names.ts')
  const missing = pluginNames.filter((name) => plannerOf(name) === undefined)
  expect(missing).toEqual(['host-local', 'static'])
})
