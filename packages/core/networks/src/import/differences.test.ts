import { expect, it } from 'vitest'
import { type Network, networkConfList, networkDifferences, networksFromFiles } from '../index.ts'
import type { NetworkOptions } from '../options.ts'

const lan: NetworkOptions = {
  ...{ name: 'lan', driver: 'bridge', subnets: ['10.9.0.0/24'], ipv4: true, ipv6: false },
  ...{ gateways: [], ipRanges: [], auxAddresses: [], internal: false, ipamDriver: 'default' },
  ...{ ipamOptions: {}, options: {}, labels: { b: '1', a: '2' } },
}
const facts = { used: [], pools: [], isolation: { supported: true, why: '' }, defaultMtu: 9000 }
const there = (options: NetworkOptions): Network => {
  const { text } = networkConfList(options, facts)
  const [network] = networksFromFiles([{ file: '/n/lan.conflist', text }]).networks
  if (network === undefined) throw new Error(text)
  return network
}

it.each<[string, Partial<NetworkOptions>, Partial<NetworkOptions>]>([
  ['the same options', {}, {}],
  ['a gateway that is the default one', {}, { gateways: ['10.9.0.1'] }],
  ['no MTU where the host gave one', {}, { options: {} }],
  ['labels in another order', {}, { labels: { a: '2', b: '1' } }],
  ['the default IPAM driver by name', {}, { ipamDriver: 'host-local' }],
  ['a subnet that was chosen', { subnets: [] }, { subnets: [] }],
  [
    'options by another name',
    { options: { mtu: '1400' } },
    { options: { 'com.docker.network.driver.mtu': '1400' } },
  ],
])('%s are equal', (_, existing, wanted) => {
  const differences = networkDifferences(there({ ...lan, ...existing }), { ...lan, ...wanted })
  expect(differences).toEqual([])
})

it.each<[string, Partial<NetworkOptions>]>([
  ['subnets', { subnets: ['10.9.1.0/24'] }],
  ['gateways', { gateways: ['10.9.0.9'] }],
  ['ip-ranges', { ipRanges: ['10.9.0.128/25'] }],
  ['aux-addresses', { auxAddresses: ['nas=10.9.0.9'] }],
  ['ipv6', { ipv6: true }],
  ['internal', { internal: true }],
  ['options', { options: { icc: 'false' } }],
  ['options', { options: { mtu: '1400' } }],
  ['labels', { labels: { a: '2' } }],
  ['driver', { driver: 'macvlan' }],
  ['ipam-driver', { ipamDriver: 'static' }],
])('another value of %s is a difference', (part, wanted) => {
  const differences = networkDifferences(there(lan), { ...lan, ...wanted })
  expect(differences.map((each) => each.replace(/:.*/s, ''))).toContain(part)
})

it('a network that others made differs, whatever is in it', () => {
  expect(networkDifferences({ ...there(lan), managed: false }, lan)).toHaveLength(1)
})
