import { expect, it } from 'vitest'
import { hostportLeads } from './index.ts'

// As nft 1.0.6 prints what portmap 1.9.1 made.
const rule = (family: string, expr: readonly object[]) => ({
  rule: {
    family,
    table: 'cni_hostport',
    chain: 'hostports',
    handle: 2,
    comment: 'default-x',
    expr,
  },
})
const match = (protocol: string, field: string, right: unknown) => ({
  match: { op: '==', left: { payload: { protocol, field } }, right },
})
const listing = (...rules: readonly object[]) =>
  JSON.stringify({ nftables: [{ metainfo: {} }, { table: { name: 'cni_hostport' } }, ...rules] })

it.each([
  [
    'a port of all addresses',
    rule('ip', [match('tcp', 'dport', 8088), { dnat: { addr: '10.77.0.2', port: 80 } }]),
    { protocol: 'tcp', address: '', first: 8088, last: 8088, to: '10.77.0.2:80' },
  ],
  [
    'a port of one address',
    rule('ip', [
      match('ip', 'daddr', '127.0.0.1'),
      match('udp', 'dport', 53),
      { dnat: { addr: '10.77.0.2', port: 5353 } },
    ]),
    { protocol: 'udp', address: '127.0.0.1', first: 53, last: 53, to: '10.77.0.2:5353' },
  ],
  [
    'a port of IPv6',
    rule('ip6', [match('tcp', 'dport', 8088), { dnat: { addr: 'fd00::2', port: 80 } }]),
    { protocol: 'tcp', address: '', first: 8088, last: 8088, to: '[fd00::2]:80' },
  ],
])('%s is led where portmap leads it', (_what, each, lead) => {
  expect(hostportLeads(listing(each))).toEqual([{ ...lead, chain: 'hostports' }])
})

it.each([
  '',
  'null',
  '{"nftables":1}',
  listing({ rule: { expr: [{ jump: { target: 'hostports' } }] } }),
  listing(rule('ip', [match('tcp', 'dport', { set: [1, 2] }), { dnat: { addr: 'x', port: 1 } }])),
  listing(rule('ip', [match('tcp', 'dport', 80), { dnat: null }])),
])('%j leads no port', (text) => {
  expect(hostportLeads(text)).toEqual([])
})
