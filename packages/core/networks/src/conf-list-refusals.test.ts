import { describe, expect, it } from 'vitest'
import { lan } from '../test/lan-options.ts'
import { type NetworkOptions, networkConfList } from './index.ts'

const subnets = ['10.6.0.0/16']

it.each<[Partial<NetworkOptions>, string]>([
  [{ name: 'host' }, 'invalid network name: "host" is a network mode'],
  [{ ipv4: false }, 'IPv4 or IPv6 must be enabled'],
  [{ ipv4: false, ipv6: true, subnets }, '--ipv4=false conflicts with an IPv4 subnet'],
  [{ auxAddresses: ['b=10.9.0.6', 'a=10.9.0.5'] }, 'no matching subnet for aux-address 10.9.0.5'],
  [
    { gateways: ['10.4.1.1'] },
    'cannot set gateway or ip-range without subnet, specify --subnet manually',
  ],
  [
    { ipRanges: ['10.4.1.0/25'] },
    'cannot set gateway or ip-range without subnet, specify --subnet manually',
  ],
  [{ subnets: ['10.6.0.0'] }, 'failed to parse subnet "10.6.0.0"'],
  [{ subnets: ['10.6.0.0/16', '10.6.7.0/24'] }, 'subnet 10.6.7.0/24 overlaps subnet 10.6.0.0/16'],
  [{ subnets, gateways: ['10.6.0'] }, 'failed to parse gateway "10.6.0"'],
  [{ subnets, gateways: ['10.7.0.1'] }, 'no matching subnet for gateway "10.7.0.1"'],
  [{ subnets, gateways: ['10.6.0.1', '10.6.0.2'] }, 'no matching subnet for gateway "10.6.0.2"'],
  [
    { ipv6: true, subnets: ['fd00:6::/64'], gateways: ['10.4.1.1'] },
    'no matching subnet for gateway "10.4.1.1"',
  ],
  [{ subnets, ipRanges: ['10.6.1.0'] }, 'failed to parse ip-range "10.6.1.0"'],
  [
    { subnets, ipRanges: ['10.6.1.0/24', '10.6.2.0/24'] },
    'no matching subnet for ip-range "10.6.2.0/24"',
  ],
  [
    { subnets, ipRanges: ['10.6.0.0/15'] },
    'no matching subnet "10.6.0.0/16" for ip-range "10.6.0.0/15"',
  ],
  [{ subnets, auxAddresses: ['a=10.6.0'] }, 'invalid aux-address "10.6.0"'],
  [{ subnets, auxAddresses: ['a=10.7.0.1'] }, 'no matching subnet for aux-address 10.7.0.1'],
  [
    { subnets, auxAddresses: ['a=10.6.0.1'] },
    'failed to allocate secondary ip address (a:10.6.0.1): Address already in use',
  ],
  [
    { subnets, auxAddresses: ['a=10.6.0.0'] },
    'failed to allocate secondary ip address (a:10.6.0.0): Address already in use',
  ],
  [
    {
      subnets: ['10.1.100.0/30'],
      gateways: ['10.1.100.2'],
      auxAddresses: ['a=10.1.100.1'],
    },
    'aux-address reservations leave no allocatable IPs in subnet 10.1.100.0/30',
  ],
  [
    { subnets: ['10.1.100.0/30'], auxAddresses: ['a=10.1.100.2'] },
    'aux-address reservations leave no allocatable IPs in subnet 10.1.100.0/30',
  ],
  [{ subnets: ['10.1.100.0/31'] }, 'addresses cannot be given out of these subnets'],
  [{ ipamDriver: 'whereabouts' }, 'unsupported ipam driver "whereabouts"'],
  [{ ipamOptions: { a: '{}' } }, 'ipam driver host-local takes no --ipam-opt'],
  [{ ipamDriver: 'dhcp', ipamOptions: { a: 'x' } }, 'unparsable ipam option a "x"'],
  [
    { ipamDriver: 'dhcp', ipamOptions: { a: '{"type":"x"}' } },
    'ipam option must have a type (provide or request)',
  ],
  [
    { ipamDriver: 'static', subnets, ipRanges: ['10.6.1.0/24'] },
    'ipam driver static cannot use "10.6.1.0/24": it chooses no addresses',
  ],
  [
    { ipamDriver: 'static', subnets: ['10.6.0.0/24'], gateways: ['10.6.0.254'] },
    'gateway "10.6.0.254" is not 10.6.0.1, which the bridge takes where ipam driver static is used',
  ],
  [
    { labels: { 'nerdctl/network-aux-addresses': '{}' } },
    'internal label "nerdctl/network-aux-addresses" must not be specified manually',
  ],
  [{ labels: { '': 'web' } }, 'label "=web" has no key'],
  [{ driver: 'ipvlan', options: { mode: 'l4' } }, 'unknown ipvlan mode "l4"'],
])('refuses %j, and says what to give', (options, message) => {
  expect(() => networkConfList({ ...lan, ...options }, { used: [], pools: [] })).toThrow(
    expect.objectContaining({ code: 103, message, hint: expect.stringMatching(/\.$/) }),
  )
})

it.each([
  ['10.1.100.0/31', 'four addresses'],
  ['::ffff:10.6.0.0/120', '::ffff:'],
])('says how a subnet can be given in place of %s', (subnet, hint) => {
  const options = { ...lan, ipv6: true, subnets: [subnet] }
  expect(() => networkConfList(options, { used: [], pools: [] })).toThrow(
    expect.objectContaining({ code: 103, hint: expect.stringContaining(hint) }),
  )
})

it('names the subnet that was meant, where an address in it was given', () => {
  const message = 'unexpected subnet "10.5.0.1/16", maybe you meant "10.5.0.0/16"?'
  const options = { ...lan, subnets: ['10.5.0.1/16'] }
  expect(() => networkConfList(options, { used: [], pools: [] })).toThrow(
    expect.objectContaining({ code: 103, message }),
  )
})

it.each([
  [{ icc: 'maybe' }, 'icc as true or false'],
  [{ 'com.docker.network.bridge.enable_ip_masquerade': '' }, 'enable_ip_masquerade as true'],
  [{ 'vethra.own': 'x' }, 'vethra.own as true'],
  [{ mtu: '1.5' }, '-o mtu=1400'],
  [{ mtu: '-1' }, '-o mtu=1400'],
  [{ mtu: '65536' }, '-o mtu=1400'],
  [{ colour: 'red' }, 'mtu, com.docker.network.driver.mtu, ip-masq'],
])('the hint for options %j names them: %s', (options, hint) => {
  expect(() => networkConfList({ ...lan, options }, { used: [], pools: [] })).toThrow(
    expect.objectContaining({ code: 103, hint: expect.stringContaining(hint) }),
  )
})

describe('what no container could be attached with', () => {
  it.each<[Partial<NetworkOptions>, string]>([
    [{ options: { mtu: '67' } }, 'mtu 67'],
    [{ options: { 'com.docker.network.driver.mtu': '1' } }, 'mtu 1 '],
    [{ ipv6: true, options: { mtu: '1279' } }, 'mtu 1279'],
    [{ driver: 'macvlan', options: { mtu: '67' } }, 'mtu 67'],
    [{ subnets: ['224.0.0.0/24'] }, '224.0.0.0/24'],
    [{ subnets: ['239.255.0.0/16'] }, '239.255.0.0/16'],
    [{ subnets: ['255.255.255.0/24'] }, '255.255.255.0/24'],
    [{ subnets: ['240.0.0.0/4'] }, '240.0.0.0/4'],
    [{ subnets: ['127.9.0.0/16'] }, '127.9.0.0/16'],
    [{ subnets: ['169.254.7.0/24'] }, '169.254.7.0/24'],
    [{ subnets: ['0.0.0.0/24'] }, '0.0.0.0/24'],
    [{ subnets: ['0.0.0.0/0'] }, '0.0.0.0/0'],
    [{ ipv6: true, subnets: ['ff05::/64'] }, 'ff05::/64'],
    [{ ipv6: true, subnets: ['fe80::/64'] }, 'fe80::/64'],
    [{ ipv6: true, subnets: ['::/64'] }, '::/64'],
    [{ ipamDriver: 'static', subnets: ['224.0.0.0/24'] }, '224.0.0.0/24'],
    [{ subnets: ['10.6.0.0/24'], gateways: ['10.6.0.0'] }, 'gateway 10.6.0.0'],
    [{ subnets: ['10.6.0.0/24'], gateways: ['10.6.0.255'] }, 'gateway 10.6.0.255'],
    [{ ipv6: true, subnets: ['fd00:6::/64'], gateways: ['fd00:6::'] }, 'gateway fd00:6::'],
    [
      {
        driver: 'macvlan',
        ipamDriver: 'static',
        subnets: ['10.6.0.0/24'],
        gateways: ['10.6.0.255'],
      },
      'gateway 10.6.0.255',
    ],
    [{ subnets: ['10.6.0.0/24'], ipRanges: ['10.6.0.0/32'] }, '"10.6.0.0/32"'],
    [{ subnets: ['10.6.0.0/24'], ipRanges: ['10.6.0.1/32'] }, '"10.6.0.1/32"'],
    [{ subnets: ['10.6.0.0/24'], ipRanges: ['10.6.0.255/32'] }, '"10.6.0.255/32"'],
  ])('is refused by name: %j', (options, named) => {
    expect(() => networkConfList({ ...lan, ...options }, { used: [], pools: [] })).toThrow(
      expect.objectContaining({ code: 103, message: expect.stringContaining(named) }),
    )
  })

  it('is refused of address pools, too', () => {
    const pools = [{ base: '224.0.0.0/16', size: 24 }]
    expect(() => networkConfList(lan, { used: [], pools })).toThrow(
      expect.objectContaining({ code: 103, message: expect.stringContaining('224.0.0.0/24') }),
    )
  })

  it.each<Partial<NetworkOptions>>([
    { options: { mtu: '68' } },
    { options: { mtu: '0' } },
    { ipv6: true, options: { mtu: '1280' } },
    { subnets: ['240.1.0.0/16'] },
    { subnets: ['10.6.0.0/30'], gateways: ['10.6.0.2'] },
    { ipv6: true, subnets: ['fd00:6::/120'], gateways: ['fd00:6::ff'] },
    { subnets: ['10.6.0.0/24'], ipRanges: ['10.6.0.254/32'] },
  ])('is not %j', (options) => {
    expect(() => networkConfList({ ...lan, ...options }, { used: [], pools: [] })).not.toThrow()
  })
})
