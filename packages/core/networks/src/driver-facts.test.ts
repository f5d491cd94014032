import { expect, it } from 'vitest'
import { lan } from '../test/lan-options.ts'
import { dockerNetwork, type NetworkOptions, networkConfList, networksFromFiles } from './index.ts'

const plain: NetworkOptions = { ...lan, subnets: ['10.1.0.0/16'] }
const facts = { used: [], pools: [], isolation: { supported: true, why: '' } }

function shown(text: string) {
  const [network] = networksFromFiles([
    { file: text.includes('plugins') ? '/n/a.conflist' : '/n/a.conf', text },
  ]).networks
  const { Driver, EnableIPv6, Internal, Options } = network
    ? dockerNetwork(network, [])
    : ({} as never)
  return { Driver, EnableIPv6, Internal, Options }
}

it.each<[Partial<NetworkOptions>, object]>([
  [{}, { Driver: 'bridge', EnableIPv6: false, Internal: false, Options: {} }],
  [{ internal: true }, { Internal: true, Options: {} }],
  [
    { ipv6: true, subnets: ['10.1.0.0/16', 'fd00::/64'] },
    { EnableIPv6: true, Options: {} },
  ],
  [{ options: { 'vethra.own': 'true' } }, { Options: { 'vethra.own': 'true' } }],
  [{ options: { 'ip-masq': 'false' } }, { Internal: false, Options: { 'ip-masq': 'false' } }],
  [
    { options: { 'com.docker.network.driver.mtu': '1400', icc: 'false' } },
    { Options: { mtu: '1400', icc: 'false' } },
  ],
  [
    { driver: 'ipvlan', options: { parent: 'eth7', mode: 'l3' } },
    { Driver: 'ipvlan', Internal: false, Options: { parent: 'eth7', mode: 'l3' } },
  ],
])('a network created with %j is shown as %j', (options, expected) => {
  expect(shown(networkConfList({ ...plain, ...options }, facts).text)).toMatchObject(expected)
})

it.each([
  ['{"name":"x","type":"bridge","isDefaultGateway":true}', { Internal: false }],
  ['{"name":"x","type":"bridge"}', { Internal: true, Options: {} }],
  [
    '{"name":"x","type":"bridge","ipam":{"type":"static","addresses":[{"address":"fd00::2/64"}]}}',
    { EnableIPv6: true },
  ],
  ['{"name":"x","type":"loopback"}', { Driver: 'loopback', Internal: false, Options: {} }],
])('%s of others is shown as %j', (text, expected) => {
  expect(shown(text)).toMatchObject(expected)
})
