import { expect, it } from 'vitest'
import { listAttributes } from './attributes.ts'
import { encodeRouteOps, type RouteOp } from './index.ts'

/** Attributes by type, nested ones as such: `18.2` names those within 2 within 18. */
type Tree = readonly (readonly [type: number, value: string | Tree])[]

function treeOf(octets: Uint8Array, nestedAt: readonly string[], path = ''): Tree {
  return listAttributes(octets)
    .map(({ type, payload }) => {
      const at = path === '' ? String(type) : `${path}.${type}`
      return [type, nestedAt.includes(at) ? treeOf(payload, nestedAt, at) : leaf(payload)] as const
    })
    .toSorted(([one], [other]) => one - other)
}

// ip(8) sends the kind of an interface without the NUL that ends it.
function leaf(octets: Uint8Array): string {
  return hex(octets).replace(/(00)+$/, '')
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}

function octetsOf(words: string): Uint8Array {
  const digits = words.replaceAll(/\s/g, '')
  return Uint8Array.from(digits.match(/../g) ?? [], (each) => Number.parseInt(each, 16))
}

const link = { header: 16, nestedAt: ['18', '18.2'] }
const traffic = { header: 20, nestedAt: ['2', '2.7', '2.7.1', '2.7.1.2'] }
const on3 = { name: 'm0', lower: 3 }

// The bodies of what strace(1) saw ip(8) and tc(8) of iproute2 6.1 send.
it.each<[command: string, RouteOp, typeof link, body: string]>([
  [
    'ip link add link v0 name m0 address 02:00:00:00:00:07 mtu 1400 type macvlan mode private',
    { kind: 'add macvlan', ...on3, mac: '02:00:00:00:00:07', mtu: 1400, mode: 'private' },
    link,
    `00000000 00000000 00000000 00000000 0a000100 02000000 00070000 08000400 78050000 08000500
     03000000 07000300 6d300000 1c001200 0b000100 6d616376 6c616e00 0c000200 08000100 01000000`,
  ],
  [
    'ip link add link v0 name i0 type ipvlan mode l3s',
    { kind: 'add ipvlan', name: 'i0', lower: 3, mode: 'l3s' },
    link,
    `00000000 00000000 00000000 00000000 08000500 03000000 07000300 69300000 24001200 0a000100
     6970766c 616e0000 14000200 06000100 02000000 06000200 00000000`,
  ],
  [
    'ip link add link v0 name x0 type vlan id 100',
    { kind: 'add vlan', name: 'x0', lower: 3, id: 100 },
    link,
    `00000000 00000000 00000000 00000000 08000500 03000000 07000300 78300000 18001200 08000100
     766c616e 0c000200 06000100 64000000`,
  ],
  [
    'ip link add d0 type dummy',
    { kind: 'add dummy', name: 'd0' },
    link,
    `00000000 00000000 00000000 00000000 07000300 64300000 10001200 09000100 64756d6d 79000000`,
  ],
  [
    'ip link add bwp0 type ifb',
    { kind: 'add ifb', name: 'bwp0' },
    link,
    `00000000 00000000 00000000 00000000 09000300 62777030 00000000 0c001200 07000100 69666200`,
  ],
  [
    'tc qdisc add dev v0 ingress',
    { kind: 'add ingress', index: 3 },
    traffic,
    `00000000 03000000 0000ffff f1ffffff 00000000 0c000100 696e6772 65737300`,
  ],
  [
    'tc filter add dev v0 parent ffff: prio 1 u32 match u32 0 0 action mirred egress redirect dev ifb0',
    { kind: 'add redirect', index: 3, to: 4 },
    traffic,
    `00000000 03000000 00000000 0000ffff 00030100 08000100 75333200 60000200 38000700 34000100
     0b000100 6d697272 65640000 24000280 20000200 00000000 00000000 04000000 00000000 00000000
     01000000 04000000 24000500 01000100 00000000 00000000 00000000 00000000 00000000 00000000
     00000000`,
  ],
])('%s', (_, op, { header, nestedAt }, body) => {
  const captured = octetsOf(body)
  const [message] = encodeRouteOps([op])
  const own = message?.body ?? new Uint8Array()
  expect(hex(own.subarray(0, header))).toBe(hex(captured.subarray(0, header)))
  expect(treeOf(own.subarray(header), nestedAt)).toEqual(
    treeOf(captured.subarray(header), nestedAt),
  )
})

// tc(8) sends a table of 256 waits, too, and the burst in ticks: with a link layer and TCA_TBF_BURST none is wanted.
it('tc qdisc add dev v0 root handle 1: tbf rate 8mbit burst 100kb latency 25ms', () => {
  const [message] = encodeRouteOps([
    { kind: 'set limit', index: 3, rate: 1_000_000, burst: 102_400 },
  ])
  const own = message?.body ?? new Uint8Array()
  expect(hex(own.subarray(0, 20))).toBe(
    hex(octetsOf('00000000 03000000 00000100 ffffffff 00000000')),
  )
  expect(treeOf(own.subarray(20), ['2'])).toEqual([
    [1, '746266'],
    [
      2,
      [
        [1, `000100000000000040420f00${'00'.repeat(12)}a8f101`],
        [6, '009001'],
      ],
    ],
  ])
})
