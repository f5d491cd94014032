import { expect, it } from 'vitest'
import { lan } from '../test/lan-options.ts'
import {
  dnsAddresses,
  lentAddresses,
  type NetworkOptions,
  networkConfList,
  networksFromFiles,
} from './index.ts'

const facts = { used: [], pools: [], isolation: { supported: true, why: '' } }

function made(options: Partial<NetworkOptions>, change = (text: string) => text) {
  const { text } = networkConfList({ ...lan, ...options }, facts)
  const [network] = networksFromFiles([{ file: '/n/a.conflist', text: change(text) }]).networks
  return network && { dns: dnsAddresses(network), lent: lentAddresses(network) }
}

const both = { ipv6: true, subnets: ['10.1.0.0/16', 'FD00:0::/64'] }
const internal = { internal: true, ...both }

it.each<[string, Partial<NetworkOptions>, readonly string[], readonly string[]]>([
  ['a bridge', both, ['10.1.0.1', 'fd00::1'], []],
  ['an internal one', internal, ['10.1.0.1', 'fd00::1'], ['10.1.0.1/16', 'fd00::1/64']],
  [
    'an internal one of two subnets and a gateway of its own',
    { internal: true, subnets: ['10.1.0.0/16', '10.2.0.0/24'], gateways: ['10.2.0.9'] },
    ['10.1.0.1', '10.2.0.9'],
    ['10.1.0.1/16', '10.2.0.9/24'],
  ],
  ['an internal one without DNS', { ...internal, options: { 'vethra.dns': 'false' } }, [], []],
  ['macvlan', { driver: 'macvlan', subnets: ['10.1.0.0/16'], internal: true }, [], []],
  ['macvlan with routes', { driver: 'macvlan', subnets: ['10.1.0.0/16'] }, [], []],
])('%s is answered at, and lent, its addresses', (_, options, dns, lent) => {
  expect(made(options)).toEqual({ dns, lent })
})

it.each([
  [
    'routes by another router',
    '"type": "host-local"',
    '"type": "host-local", "routes": [{ "dst": "0.0.0.0/0" }]',
  ],
  ['a gateway outside of its subnet', '"gateway": "10.1.0.1"', '"gateway": "10.7.0.1"'],
  ['a name that is not ours', '"nerdctlID"', '"otherID"'],
])('the bridge of an internal network with %s gets none', (_, from, to) => {
  const options = { internal: true, subnets: ['10.1.0.0/16'] }
  const change = (text: string) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  }
  expect(made(options, change)).toEqual({ dns: [], lent: [] })
})
