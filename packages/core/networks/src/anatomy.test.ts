import { describe, expect, it } from 'vitest'
import {
  hangsAtLoopback,
  ipamDataDirs,
  type Network,
  networkBridge,
  networkPlugins,
  networkSubnets,
  networksFromFiles,
  usedPrefixes,
} from './index.ts'

function network(plugins: readonly object[], labels: object = {}): Network {
  const text = JSON.stringify({ name: 'lan', nerdctlID: 'x', nerdctlLabels: labels, plugins })
  const [read] = networksFromFiles([{ file: '/n/lan.conflist', text }]).networks
  if (!read) throw new Error(`not a network: ${text}`)
  return read
}
const bridge = (ipam: unknown, more: object = {}) => ({ type: 'bridge', ipam, ...more })

const dual = {
  type: 'host-local',
  ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: 'fd00::/64' }]],
}
it.each([
  ['dual-stack, as nerdctl makes it', dual, [{ type: 'portmap' }], true],
  ['that leaves ::1 out', dual, [{ type: 'portmap', conditionsV6: ['!', '-d', '::1'] }], false],
  ['with conditions of its own', dual, [{ type: 'portmap', conditionsV6: [] }], false],
  ['without portmap', dual, [], false],
  [
    'of IPv4',
    { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24' }]] },
    [{ type: 'portmap' }],
    false,
  ],
])('ports of a network %s hang at ::1: %j', (_, ipam, more, hangs) => {
  expect(hangsAtLoopback(network([bridge(ipam), ...more]))).toBe(hangs)
})

describe('networkSubnets', () => {
  it('reads the legacy form, then range sets, in the order of the plugins', () => {
    const ipam = {
      type: 'host-local',
      SubNet: '10.1.0.0/24',
      gateway: '10.1.0.9',
      ranges: [[{ subnet: '10.2.0.0/24', ipRange: '10.2.0.0/25' }], [{ subnet: 'fd00::/64' }]],
    }
    const plugins = [bridge(ipam), { type: 'x', ipam: { type: 'y', subnet: '10.3.0.0/24' } }]
    expect(networkSubnets(network(plugins))).toEqual([
      { subnet: '10.1.0.0/24', gateway: '10.1.0.9', auxAddresses: {} },
      { subnet: '10.2.0.0/24', ipRange: '10.2.0.0/25', auxAddresses: {} },
      { subnet: 'fd00::/64', auxAddresses: {} },
      { subnet: '10.3.0.0/24', auxAddresses: {} },
    ])
  })

  it('ranges of one subnet in one set are one, with its aux addresses', () => {
    const frame = { subnet: '10.1.0.0/24', gateway: '10.1.0.1' }
    const set = [
      { ...frame, ipRange: '10.1.0.0/25', rangeEnd: '10.1.0.4' },
      { ...frame, rangeStart: '10.1.0.6' },
    ]
    const labels = { 'nerdctl/network-aux-addresses': '{"10.1.0.0/24":{"a":"10.1.0.5"}}' }
    expect(networkSubnets(network([bridge({ ranges: [set] })], labels))).toEqual([
      { ...frame, ipRange: '10.1.0.0/25', auxAddresses: { a: '10.1.0.5' } },
    ])
  })

  it.each(['{', '[]', '{"10.1.0.0/24":{"a":1}}', '{"10.1.0.0/24":["a"]}', 'null'])(
    'drops the malformed aux label %s',
    (label) => {
      const labels = { 'nerdctl/network-aux-addresses': label }
      const subnets = networkSubnets(network([bridge({ subnet: '10.1.0.0/24' })], labels))
      expect(subnets).toEqual([{ subnet: '10.1.0.0/24', auxAddresses: {} }])
    },
  )

  it.each<[unknown]>([
    [{ ranges: 'x' }],
    [{ ranges: [7, [], [null], [[]], [{ subnet: 7 }]] }],
    [{ subnet: {} }],
    [undefined],
  ])('finds nothing in the ipam object %j', (ipam) => {
    expect(networkSubnets(network([bridge(ipam)]))).toEqual([])
  })
})

describe('usedPrefixes', () => {
  it('names every subnet and every static address with its network', () => {
    const plugins = [
      bridge({
        type: 'host-local',
        ranges: [[{ subnet: '10.1.0.0/24' }, { subnet: '10.1.0.0/24' }]],
      }),
      { type: 'ptp', ipam: { type: 'static', addresses: [{ address: '10.9.0.7/24' }, 7] } },
    ]
    expect(usedPrefixes([network(plugins)])).toEqual([
      { prefix: '10.1.0.0/24', by: 'network lan' },
      { prefix: '10.9.0.7/24', by: 'network lan' },
    ])
  })
})

describe('networkBridge', () => {
  it.each<[object, string | undefined]>([
    [{ type: 'bridge', bridge: 'br-1' }, 'br-1'],
    [{ type: 'bridge' }, 'cni0'],
    [{ type: 'bridge', bridge: 7 }, 'cni0'],
    [{ type: 'macvlan', bridge: 'br-1' }, undefined],
  ])('of %j is %j', (plugin, name) => {
    expect(networkBridge(network([{ type: 'tuning' }, plugin]))).toBe(name)
  })
})

it('networkPlugins lists each plugin once, an IPAM plugin after the one that calls it', () => {
  const plugins = [bridge({ type: 'host-local' }), { type: 'portmap' }, bridge({ type: 'dhcp' })]
  expect(networkPlugins(network(plugins))).toEqual(['bridge', 'host-local', 'portmap', 'dhcp'])
})

it('ipamDataDirs are of host-local alone', () => {
  const plugins = [
    bridge({ type: 'host-local' }),
    bridge({ type: 'host-local', dataDir: '/d' }),
    bridge({ type: 'host-local', dataDir: '' }),
    bridge({ type: 'other', dataDir: '/e' }),
  ]
  expect(ipamDataDirs(network(plugins))).toEqual(['/var/lib/cni/networks', '/d'])
})
