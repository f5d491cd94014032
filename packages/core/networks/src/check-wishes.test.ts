import { expect, it } from 'vitest'
import { checkWishes, type Network, networksFromFiles, type Wishes } from './index.ts'

function network(type: string, ipam: object): Network {
  const text = JSON.stringify({ cniVersion: '1.0.0', name: 'lan', plugins: [{ type, ipam }] })
  const [read] = networksFromFiles([{ file: '/n/lan.conflist', text }]).networks
  if (!read) throw new Error('the conf list is no network')
  return read
}

const dual = {
  type: 'host-local',
  ranges: [[{ subnet: '10.4.1.0/24' }], [{ subnet: 'fd00:7::/64' }]],
}
const four = { type: 'host-local', subnet: '10.4.1.0/24' }

it.each<[string, object, Wishes]>([
  ['bridge', dual, {}],
  ['bridge', dual, { ip: '10.4.1.9', ip6: 'fd00:7::9', macAddress: '02:42:00:00:00:09' }],
  ['macvlan', four, { ip: '10.4.1.254', macAddress: '02:42:00:00:00:09' }],
  ['bridge', dual, { ip6: 'fd00:7::ffff:ffff:ffff:ffff' }],
  ['bridge', { type: 'host-local', ranges: [[{ subnet: 7 }]] }, {}],
  ['ipvlan', four, { ip: '10.4.1.9' }],
  ['macvlan', { type: 'dhcp' }, { ip: '10.9.9.9' }],
  ['bridge', { type: 'static', ranges: [[{ subnet: '10.9.0.0/24' }]] }, { ip: '10.9.0.7' }],
  ['bridge', { type: 'static', addresses: [{ address: '10.9.0.7/24' }] }, {}],
])('%s with %j grants %j', (type, ipam, wishes) => {
  expect(() => checkWishes(network(type, ipam), wishes)).not.toThrow()
})

it.each<[string, object, Wishes, number, string]>([
  [
    'bridge',
    { type: 'static' },
    { ip: '10.9.0.7' },
    101,
    'network lan has no subnet, which addresses of containers need: its ipam driver is static',
  ],
  [
    'bridge',
    { type: 'static', ranges: [[{ subnet: '10.9.0.0/24' }]] },
    {},
    101,
    'network lan gives no IPv4 address by itself: its ipam driver is static',
  ],
  [
    'bridge',
    { ...dual, type: 'static' },
    { ip: '10.4.1.9' },
    101,
    'network lan gives no IPv6 address by itself: its ipam driver is static',
  ],
  [
    'bridge',
    dual,
    { ip: '10.4.2.9' },
    101,
    'address 10.4.2.9 is in no subnet of network lan: 10.4.1.0/24, fd00:7::/64',
  ],
  [
    'bridge',
    dual,
    { ip6: 'fd00:8::9' },
    101,
    'address fd00:8::9 is in no subnet of network lan: 10.4.1.0/24, fd00:7::/64',
  ],
  [
    'bridge',
    four,
    { ip6: 'fd00:7::9' },
    101,
    'address fd00:7::9 is in no subnet of network lan: 10.4.1.0/24',
  ],
  [
    'ipvlan',
    four,
    { macAddress: '02:42:00:00:00:09' },
    103,
    'network type "ipvlan" is not supported for network mapping "lan", must be one of: [bridge macvlan]',
  ],
])('%s with %j refuses %j', (type, ipam, wishes, code, message) => {
  expect(() => checkWishes(network(type, ipam), wishes)).toThrow(
    expect.objectContaining({ code, message }),
  )
})

const part = {
  type: 'host-local',
  ranges: [
    [
      {
        subnet: '10.4.1.0/24',
        gateway: '10.4.1.200',
        rangeStart: '10.4.1.128',
        rangeEnd: '10.4.1.149',
      },
      {
        subnet: '10.4.1.0/24',
        gateway: '10.4.1.200',
        rangeStart: '10.4.1.151',
        rangeEnd: '10.4.1.255',
      },
    ],
  ],
}

it.each<[object, Wishes]>([
  [four, { ip: '10.4.1.0' }],
  [four, { ip: '10.4.1.1' }],
  [four, { ip: '10.4.1.255' }],
  [dual, { ip6: 'fd00:7::' }],
  [dual, { ip6: 'fd00:7::1' }],
  [part, { ip: '10.4.1.5' }],
  [part, { ip: '10.4.1.150' }],
  [part, { ip: '10.4.1.200' }],
  [part, { ip: '10.4.1.255' }],
  [{ ...part, type: 'static' }, { ip: '10.4.1.200' }],
  [{ ...part, type: 'static' }, { ip: '10.4.1.255' }],
])('an address that %j gives to no container is refused by name: %j', (ipam, wishes) => {
  const [address = ''] = Object.values(wishes)
  expect(() => checkWishes(network('bridge', ipam), wishes)).toThrow(
    expect.objectContaining({ code: 102, message: expect.stringContaining(`address ${address} `) }),
  )
})
