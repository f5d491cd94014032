import { expect, test } from 'vitest'
import {
  encodeMessages,
  encodeNftBatch,
  encodeRouteOps,
  type Message,
  type RouteOp,
} from './index.ts'

const table = { family: 'inet', table: 'vethra' } as const

function hex(messages: readonly Message[], first = 1): readonly string[] {
  const octets = encodeMessages(messages, first)
  const text = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
  return text.match(/.{1,8}/g) ?? []
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

test('a published port in one transaction has the octets that nft sends', () => {
  const batch = encodeNftBatch([
    {
      ...table,
      kind: 'add elements',
      set: 'p4',
      key: ['inet_proto', 'inet_service'],
      data: ['ipv4_addr', 'inet_service'],
      elements: [{ key: ['tcp', '8080'], data: ['10.4.0.2', '80'], comment: 'web' }],
    },
  ])
  expect(hex(batch)).toEqual(
    words(`
      14000000 10000100 01000000 00000000 0000000a 5c000000 0c0a0504 02000000 00000000
      01000000 0b000100 76657468 72610000 07000200 70340000 34000380 30000180 10000180
      0c000100 06000000 1f900000 10000280 0c000100 0a040002 00500000 0a000600 00047765
      62000000 14000000 11000100 03000000 00000000 0000000a
    `),
  )
})

test('a map of joined fields has the octets that nft sends', () => {
  const [, set] = encodeNftBatch([
    {
      ...table,
      kind: 'add set',
      set: 'p4',
      key: ['inet_proto', 'inet_service'],
      data: ['ipv4_addr', 'inet_service'],
    },
    { ...table, kind: 'delete table' },
  ])
  expect(hex(set ? [set] : [])).toEqual(
    words(`
      68000000 090a0104 01000000 00000000 01000000 0b000100 76657468 72610000 07000200
      70340000 08000300 00000008 08000400 0000030d 08000500 00000008 08000600 000001cd
      08000700 00000008 08000a00 00000001 10000d00 00040000 00000104 00000000
    `),
  )
})

test('a veth pair, its port, its end up and its index are asked for in one send', () => {
  const messages = encodeRouteOps([
    {
      kind: 'add veth',
      name: 'veth0',
      mtu: 1500,
      master: 2,
      peer: { name: 'eth0', mac: '02:00:0a:04:00:02', mtu: 1500, namespace: 7 },
    },
    { kind: 'set port', link: { name: 'veth0' }, hairpin: true },
    { kind: 'set address mode', link: { name: 'veth0' }, mode: 'none' },
    { kind: 'set link', link: { name: 'veth0' }, up: true },
    { kind: 'ask link', link: { name: 'veth0' } },
  ])
  expect(hex(messages)).toEqual(
    words(`
      8c000000 10000106 01000000 00000000 00000000 00000000 00000000 00000000 0a000300
      76657468 30000000 08000400 dc050000 08000a00 02000000 50001280 09000100 76657468
      00000000 40000280 3c000180 00000000 00000000 00000000 00000000 09000300 65746830
      00000000 0a000100 02000a04 00020000 08000400 dc050000 08001c00 07000000
      48000000 10000100 02000000 00000000 00000000 00000000 00000000 00000000 0a000300
      76657468 30000000 1c001280 0b000400 62726964 67650000 0c000580 05000400 01000000
      3c000000 10000100 03000000 00000000 00000000 00000000 00000000 00000000 0a000300
      76657468 30000000 10001a80 0c000a80 05000800 01000000
      2c000000 10000100 04000000 00000000 00000000 00000000 01000000 01000000 0a000300
      76657468 30000000
      34000000 12000500 05000000 00000000 00000000 00000000 00000000 00000000 0a000300
      76657468 30000000 08001d00 08000000
    `),
  )
})

test('a route is asked for by an address', () => {
  const messages = encodeRouteOps([{ kind: 'ask route', address: 'fd77::2' }])
  expect(hex(messages)).toEqual(
    words(`
      30000000 1a000500 01000000 00000000 0a800000 00000000 00000000 14000100 fd770000
      00000000 00000000 00000002
    `),
  )
})

test('the inside of a namespace is set up in one send', () => {
  const messages = encodeRouteOps([
    { kind: 'set link', link: { index: 1 }, up: true },
    {
      kind: 'add address',
      index: 3,
      address: '10.4.0.2',
      prefixLength: 16,
      broadcast: '10.4.255.255',
    },
    { kind: 'set link', link: { index: 3 }, up: true },
    { kind: 'add route', family: 4, gateway: '10.4.0.1', index: 3 },
  ])
  expect(hex(messages)).toEqual(
    words(`
      20000000 10000100 01000000 00000000 00000000 01000000 01000000 01000000
      30000000 14000106 02000000 00000000 02100000 03000000
      08000200 0a040002 08000100 0a040002 08000400 0a04ffff 20000000 10000100 03000000
      00000000 00000000 03000000 01000000 01000000 2c000000 18000506 04000000 00000000
      02000000 fe030001 00000000 08000500 0a040001 08000400 03000000
    `),
  )
})

// As ip(8) and bridge(8) send them, but for the flag of nested attributes.
test.each<[string, RouteOp, string]>([
  [
    'the VLAN of a port',
    { kind: 'add vlans', index: 4, vlans: [{ id: 7, untagged: true }] },
    `2c000000 13000500 01000000 00000000 07000000 04000000 00000000 00000000 0c001a80
     08000200 06000700`,
  ],
  [
    'a MAC behind a port',
    { kind: 'add forwarding', index: 4, mac: '02:00:00:00:00:05' },
    '28000000 1c000504 01000000 00000000 07000000 04000000 42000400 0a000200 02000000 00050000',
  ],
  [
    'a rule of IPv4',
    { kind: 'add rule', source: { address: '10.0.0.5', prefixLength: 32 }, table: 100 },
    '24000000 20000506 01000000 00000000 02002000 64000001 00000000 08000200 0a000005',
  ],
  [
    'a rule of IPv6',
    { kind: 'add rule', source: { address: 'fd00::5', prefixLength: 128 }, table: 100 },
    `30000000 20000506 01000000 00000000 0a008000 64000001 00000000 14000200 fd000000
     00000000 00000000 00000005`,
  ],
  [
    'a VRF',
    { kind: 'add vrf', name: 'vr0', table: 10 },
    `40000000 10000506 01000000 00000000 00000000 00000000 00000000 00000000 08000300
     76723000 18001280 08000100 76726600 0c000280 08000100 0a000000`,
  ],
])('%s has the octets that the tools send', (_, op, octets) => {
  expect(hex(encodeRouteOps([op]))).toEqual(words(octets))
})
