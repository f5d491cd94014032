import { describe, expect, it } from 'vitest'
import { lan } from '../test/lan-options.ts'
import { bridgeName, type NetworkFacts, type NetworkOptions, networkConfList } from './index.ts'

const facts: NetworkFacts = { used: [], pools: [] }
const make = (options: Partial<NetworkOptions>, more: Partial<NetworkFacts> = {}) => {
  const { text, notes } = networkConfList({ ...lan, ...options }, { ...facts, ...more })
  const list = JSON.parse(text)
  return { list, notes, first: list.plugins[0], ranges: list.plugins[0].ipam.ranges }
}

describe('ranges', () => {
  it('a subnet is chosen when none is given', () => {
    const used = [{ prefix: '10.4.0.0/16', by: 'network bridge' }]
    expect(make({}, { used }).ranges).toEqual([[{ subnet: '10.5.0.0/24', gateway: '10.5.0.1' }]])
  })

  it('the gateway is the first address', () => {
    const { ranges } = make({ subnets: ['10.1.100.0/24'] })
    expect(ranges).toEqual([[{ subnet: '10.1.100.0/24', gateway: '10.1.100.1' }]])
  })

  it('an ip-range bounds what is given', () => {
    const { ranges } = make({ subnets: ['10.1.0.0/16'], ipRanges: ['10.1.100.0/24'] })
    expect(ranges).toEqual([
      [
        {
          subnet: '10.1.0.0/16',
          gateway: '10.1.0.1',
          ipRange: '10.1.100.0/24',
          rangeStart: '10.1.100.1',
          rangeEnd: '10.1.100.255',
        },
      ],
    ])
  })

  it('an ip-range of one address is that address', () => {
    const { ranges } = make({ subnets: ['10.1.0.0/16'], ipRanges: ['10.1.0.7/32'] })
    expect(ranges[0][0]).toMatchObject({ rangeStart: '10.1.0.7', rangeEnd: '10.1.0.7' })
  })

  it('gateways and ip-ranges find their subnet in any order', () => {
    const { ranges } = make({
      ipv6: true,
      subnets: ['10.6.0.0/16', 'fd00:6::/64'],
      gateways: ['fd00:6::9', '10.6.0.9'],
      ipRanges: ['fd00:6::100/120', '10.6.1.0/24'],
    })
    expect(ranges).toMatchObject([
      [{ gateway: '10.6.0.9', rangeStart: '10.6.1.1', rangeEnd: '10.6.1.255' }],
      [{ gateway: 'fd00:6::9', rangeStart: 'fd00:6::101', rangeEnd: 'fd00:6::1ff' }],
    ])
  })

  it('aux addresses cut their range', () => {
    const { ranges } = make({
      subnets: ['10.1.100.0/24'],
      auxAddresses: ['b=10.1.100.6', 'a=10.1.100.5', 'a2=10.1.100.5'],
    })
    const frame = { subnet: '10.1.100.0/24', gateway: '10.1.100.1' }
    expect(ranges).toEqual([
      [
        { ...frame, rangeStart: '10.1.100.1', rangeEnd: '10.1.100.4' },
        { ...frame, rangeStart: '10.1.100.7', rangeEnd: '10.1.100.254' },
      ],
    ])
  })

  it('aux addresses at the ends leave no empty range', () => {
    const { ranges } = make({
      subnets: ['10.1.100.0/29'],
      gateways: ['10.1.100.3'],
      auxAddresses: ['a=10.1.100.1', 'b=10.1.100.6', 'c=10.1.100.7'],
    })
    expect(ranges[0]).toMatchObject([{ rangeStart: '10.1.100.2', rangeEnd: '10.1.100.5' }])
  })

  it('an aux address that would not be given is only remembered', () => {
    const { ranges, list } = make({
      subnets: ['10.1.0.0/16'],
      ipRanges: ['10.1.100.0/24'],
      auxAddresses: ['far=10.1.200.1'],
    })
    expect(ranges[0]).toHaveLength(1)
    expect(list.nerdctlLabels).toEqual({
      'nerdctl/network-aux-addresses': '{"10.1.0.0/16":{"far":"10.1.200.1"}}',
    })
  })

  it('an aux address without a name is kept, one without an address is left out and said', () => {
    const subnets = ['10.1.100.0/24']
    const auxAddresses = ['10.1.100.5', 'x=', '=10.1.100.6', 'a=10.1.100.7', 'a=10.1.100.8']
    const { list, notes } = make({ subnets, auxAddresses })
    expect(list.nerdctlLabels['nerdctl/network-aux-addresses']).toBe(
      '{"10.1.100.0/24":{"":"10.1.100.6","a":"10.1.100.8"}}',
    )
    expect(notes).toEqual([
      'aux-address "10.1.100.5" is left out: it is not NAME=IP',
      'aux-address "x=" is left out: it is not NAME=IP',
    ])
  })
})

describe('families', () => {
  it('an IPv6 subnet without --ipv6 is left out, and said', () => {
    const { ranges, notes, first } = make({ subnets: ['fd00:6::/64'] })
    expect(ranges).toEqual([[{ subnet: '10.4.1.0/24', gateway: '10.4.1.1' }]])
    expect(notes).toEqual(['subnet fd00:6::/64 is left out: --ipv6 is not given'])
    expect(first).not.toHaveProperty('capabilities')
  })

  it('an IPv6-only network has one default route', () => {
    const { first } = make({ ipv4: false, ipv6: true, subnets: ['2001:db8:9::/64'] })
    expect(first.ipam.routes).toEqual([{ dst: '::/0' }])
    expect(first.capabilities).toEqual({ ips: true })
  })

  it('an IPv4 subnet is added to an IPv6 one, after it', () => {
    const { ranges, first } = make({ ipv6: true, subnets: ['2001:db8:9::/64'] })
    expect(ranges.map(([{ subnet }]: [{ subnet: string }]) => subnet)).toEqual([
      '2001:db8:9::/64',
      '10.4.1.0/24',
    ])
    expect(first.ipam.routes).toEqual([{ dst: '0.0.0.0/0' }, { dst: '::/0' }])
  })

  it.each([
    [true, ['10.4.1.0/24']],
    [false, []],
  ])("--ipv6 alone (IPv4 %s) gets a unique local subnet of the network's own", (ipv4, four) => {
    const { ranges } = make({ ipv4, ipv6: true, name: 'foo' })
    const subnets = ranges.map(([{ subnet }]: [{ subnet: string }]) => subnet)
    expect(subnets).toEqual([...four, 'fd2c:26b4:6b68::/64'])
    const used = [{ prefix: 'fd2c:26b4:6b68::/64', by: 'network other' }]
    const other = make({ ipv4, ipv6: true, name: 'foo' }, { used }).ranges
    expect(other.at(-1)[0].subnet).toBe('fd2c:26b4:6b68:1::/64')
  })

  it('an IPv6 subnet is chosen out of an IPv6 pool', () => {
    const pools = [
      { base: '10.0.0.0/8', size: 24 },
      { base: 'fd00:1::/48', size: 64 },
    ]
    const { ranges } = make({ ipv6: true }, { pools })
    expect(ranges).toEqual([
      [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1' }],
      [{ subnet: 'fd00:1::/64', gateway: 'fd00:1::1' }],
    ])
  })
})

describe('driver options', () => {
  it.each([
    [{}, undefined, undefined],
    [{}, 1500, undefined],
    [{}, 1450, 1450],
    [{ mtu: '1500' }, 1450, 1500],
    [{ mtu: '' }, 1450, undefined],
    [{ 'com.docker.network.driver.mtu': '9216' }, undefined, 9216],
  ])('-o %j where the way out has MTU %s: %s', (options, defaultMtu, mtu) => {
    const more = defaultMtu === undefined ? {} : { defaultMtu }
    expect(make({ options }, more).first.mtu).toBe(mtu)
  })

  it('icc=false isolates where the firewall plugin can, and is refused where not', () => {
    const options = { 'com.docker.network.bridge.enable_icc': 'false' }
    const { list } = make({ options }, { isolation: { supported: true, why: '' } })
    expect(list.plugins[2]).toEqual({ type: 'firewall', ingressPolicy: 'isolated' })
    const isolation = { supported: false, why: 'the firewall plugin is of version 1.1.1' }
    expect(() => make({ options }, { isolation })).toThrow(
      expect.objectContaining({
        code: 103,
        message:
          'cannot isolate the containers of network lan from each other: the firewall plugin is of version 1.1.1',
      }),
    )
    expect(() => make({ options })).toThrow(/cannot isolate/)
    expect(() => make({}, { isolation })).not.toThrow()
  })

  it('a bridge that the caller names takes the place of the usual one', () => {
    expect(make({}, { bridge: bridgeName('lan', 'k8s.io') }).first.bridge).toMatch(
      /^br-[0-9a-f]{12}$/,
    )
    expect(bridgeName('lan', 'k8s.io')).not.toBe(bridgeName('lan'))
  })

  it.each<[Partial<NetworkOptions>, string]>([
    [{ options: { mtu: 'x' } }, 'strconv.Atoi: parsing "x": invalid syntax'],
    [{ options: { mtu: '-1' } }, 'mtu -1 is less than zero'],
    [{ options: { mtu: '65536' } }, 'mtu 65536 is more than 65535'],
    [{ options: { icc: 'no' } }, 'strconv.ParseBool: parsing "no": invalid syntax'],
    [
      { options: { 'com.docker.network.bridge.name': 'x' } },
      'unsupported "bridge" network option "com.docker.network.bridge.name"',
    ],
    [{ options: { constructor: 'x' } }, 'unsupported "bridge" network option "constructor"'],
    [
      { driver: 'macvlan', options: { ipvlan_mode: 'l2' } },
      'unsupported "macvlan" network option "ipvlan_mode"',
    ],
    [{ driver: 'macvlan', options: { mode: 'vepa' } }, 'unknown macvlan mode "vepa"'],
    [{ driver: 'ipvlan', options: { mode: 'l3s' } }, 'unknown ipvlan mode "l3s"'],
    [{ driver: 'macvlan', options: { parent: 'a/b' } }, 'invalid parent "a/b"'],
    [{ driver: 'overlay' as 'bridge' }, 'unsupported cni driver "overlay"'],
    [
      { options: { mtu: '1400', 'com.docker.network.driver.mtu': '1500' } },
      'network option "com.docker.network.driver.mtu" contradicts another one of the same meaning',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 103, message }))
  })
})

it('-o vethra.own=true keeps the id under a key of ours, so that nerdctl takes the network for one of others', () => {
  const own = make({ options: { 'vethra.own': 'true' } }).list
  const shared = make({ options: { 'vethra.own': 'false' } }).list
  expect(own).not.toHaveProperty('nerdctlID')
  expect(own.vethraID).toBe(shared.nerdctlID)
  expect(Object.keys(own)).toEqual(
    Object.keys(shared).map((key) => (key === 'nerdctlID' ? 'vethraID' : key)),
  )
})

describe('overlaps', () => {
  const used = [
    { prefix: '192.168.7.5/24', by: 'interface eth0', device: 'eth0' },
    { prefix: '10.9.0.1/24', by: 'interface br-094a367b0262', device: 'br-094a367b0262' },
  ]

  it('a subnet that overlaps is refused, naming the other side', () => {
    expect(() => make({ subnets: ['192.168.0.0/16'] }, { used })).toThrow(
      expect.objectContaining({
        code: 102,
        message:
          'subnet 192.168.0.0/16 overlaps with other one on this address space: 192.168.7.5/24 of interface eth0',
        hint: expect.stringContaining('vethra.allow-overlap'),
      }),
    )
  })

  it('-o vethra.allow-overlap=true allows it and is not written', () => {
    const options = { 'vethra.allow-overlap': 'true' }
    const { list } = make({ subnets: ['192.168.0.0/16'], options }, { used })
    expect(JSON.stringify(list)).not.toContain('overlap')
  })

  it('a bridge of its own that was left behind does not stand in the way', () => {
    expect(make({ subnets: ['10.9.0.0/24'] }, { used }).ranges[0][0].subnet).toBe('10.9.0.0/24')
  })

  it('macvlan may share the subnet of its parent, given or by default route, and of no other', () => {
    const subnets = ['192.168.7.0/24']
    const on = (parent: string) => ({ driver: 'macvlan' as const, subnets, options: { parent } })
    expect(make(on('eth0'), { used }).first.master).toBe('eth0')
    expect(() => make(on('eth1'), { used })).toThrow('overlaps with other one')
    const defaultDevice = 'eth0'
    expect(make({ driver: 'macvlan', subnets }, { used, defaultDevice }).first.master).toBe('')
    expect(() => make({ subnets }, { used, defaultDevice })).toThrow('overlaps with other one')
  })

  it('a subnet that is chosen keeps clear of those that were given with it', () => {
    const { ranges } = make({ driver: 'macvlan', ipv6: true, subnets: ['fd00::/64'] }, { used })
    expect(ranges[1][0].subnet).toBe('10.4.1.0/24')
  })
})
