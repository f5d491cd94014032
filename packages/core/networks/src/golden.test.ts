import { expect, it } from 'vitest'
import { lan } from '../test/lan-options.ts'
import { defaultNetwork, type NetworkOptions, networkConfList } from './index.ts'

const facts = { used: [], pools: [] }

it('the default network has the bytes that nerdctl writes', async () => {
  await expect(defaultNetwork(facts).text).toMatchFileSnapshot('__golden__/default.conflist')
})

it.each<[string, Partial<NetworkOptions>]>([
  [
    'bridge-full',
    {
      name: 'foo',
      subnets: ['2001:db8:9::/64', '10.1.0.0/16'],
      ipv6: true,
      gateways: ['10.1.0.254', '2001:db8:9::ffff'],
      ipRanges: ['10.1.100.0/24'],
      auxAddresses: ['router=10.1.100.5', 'printer=10.1.100.6', 'far=10.1.200.1'],
      options: { mtu: '9000', 'ip-masq': 'false' },
      labels: { b: '<&>', a: '', '10': 'x', '2': 'y' },
    },
  ],
  ['internal', { subnets: ['10.9.0.0/24'], internal: true }],
  [
    'macvlan',
    { driver: 'macvlan', subnets: ['192.168.7.0/24'], options: { parent: 'eth0', mode: 'bridge' } },
  ],
  [
    'ipvlan',
    { driver: 'ipvlan', subnets: ['192.168.7.0/24'], options: { ipvlan_mode: 'L3', mtu: '1400' } },
  ],
  [
    'dhcp',
    {
      driver: 'macvlan',
      ipamDriver: 'dhcp',
      ipamOptions: {
        'vendor-class-identifier': '{"type":"provide","value":"vethra"}',
        'user-class': '{"type":"provide","fromArg":"CLASS"}',
        routers: '{"type":"request"}',
        '42': '{"type":"request","skipDefault":true}',
      },
    },
  ],
  ['static', { ipamDriver: 'static', ipv6: true, gateways: ['192.168.7.1'] }],
  [
    'static-subnets',
    { ipamDriver: 'static', ipv6: true, subnets: ['10.90.0.0/24', 'fd00:90::/64'] },
  ],
])('%s', async (name, options) => {
  const { text } = networkConfList({ ...lan, ...options }, facts)
  await expect(text).toMatchFileSnapshot(`__golden__/${name}.conflist`)
  expect(JSON.parse(text)).toMatchObject({ cniVersion: '1.0.0' })
})
