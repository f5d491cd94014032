import type { Change, Owner, Resource } from '@vethra/state'
import { expect, it } from 'vitest'
import { linesOf } from './lines.ts'

const owner: Owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const make = (resource: Resource): Change => ({ kind: 'make', to: { owner, resource } })
const remove = (resource: Resource): Change => ({ kind: 'remove', from: { owner, resource } })

const inContainer = { place: 'container', link: 'eth0' } as const
const veth: Resource = {
  kind: 'link',
  place: 'container',
  name: 'eth0',
  type: { name: 'veth', hostName: 'veth1', hostMac: '02:00:00:00:00:01', bridge: 'br0' },
  up: true,
  mac: '02:00:0a:04:00:02',
  mtu: 1400,
  linkLocal: false,
}
const upper = (type: Extract<Resource, { kind: 'link' }>['type']): Resource => ({
  kind: 'link',
  place: 'container',
  name: 'eth0',
  type,
  up: true,
})
const ifb: Resource = { kind: 'link', place: 'host', name: 'bwp1', type: { name: 'ifb' }, up: true }
const limit: Resource = { kind: 'qdisc', link: 'veth1', does: { rate: 1000, burst: 1500 } }
const redirect: Resource = { kind: 'qdisc', link: 'veth1', does: { redirect: 'bwp1' } }
const route: Resource = {
  kind: 'route',
  ...inContainer,
  destination: '10.9.0.0/16',
  gateway: '10.4.0.1',
  priority: 7,
  table: 100,
  mtu: 1300,
}

it.each<[string, Change, readonly string[]]>([
  [
    'a veth on a bridge',
    make(veth),
    [
      'host ip link add name veth1 address 02:00:00:00:00:01 mtu 1400 master br0 type veth peer name eth0 address 02:00:0a:04:00:02 mtu 1400 netns /run/netns/web',
      'host ip link set dev veth1 alias "vethra lan web eth0"',
      'host ip link set dev veth1 addrgenmode none',
      'host ip link set dev veth1 up',
      'container ip link set dev eth0 addrgenmode none',
      'container ip link set dev eth0 up',
    ],
  ],
  [
    'a veth with an MTU below that of IPv6',
    make({ ...veth, mtu: 576 } as Resource),
    [
      'host ip link add name veth1 address 02:00:00:00:00:01 mtu 576 master br0 type veth peer name eth0 address 02:00:0a:04:00:02 mtu 576 netns /run/netns/web',
      'host ip link set dev veth1 alias "vethra lan web eth0"',
      'host ip link set dev veth1 up',
      'container ip link set dev eth0 up',
    ],
  ],
  [
    'a macvlan',
    make(upper({ name: 'macvlan', parent: 'eth9', mode: 'private' })),
    [
      'host ip link add link eth9 name eth0 netns /run/netns/web type macvlan mode private',
      'container ip link set dev eth0 alias "vethra lan web eth0"',
      'container ip link set dev eth0 up',
    ],
  ],
  [
    'a VLAN',
    make(upper({ name: 'vlan', parent: 'eth9', id: 7 })),
    [
      'host ip link add link eth9 name eth0 netns /run/netns/web type vlan id 7',
      'container ip link set dev eth0 alias "vethra lan web eth0"',
      'container ip link set dev eth0 up',
    ],
  ],
  [
    'a port',
    make({ kind: 'bridge port', link: 'veth1', hairpin: true, isolated: false }),
    ['host ip link set dev veth1 type bridge_slave hairpin on isolated off'],
  ],
  [
    'settings',
    make({ kind: 'link settings', ...inContainer, up: false, mtu: 1400, promiscuous: true }),
    ['container ip link set dev eth0 down mtu 1400 promisc on'],
  ],
  [
    'an address of IPv6',
    make({ kind: 'address', ...inContainer, address: 'fd00::2', prefixLength: 64 }),
    ['container ip addr add fd00::2/64 dev eth0 nodad'],
  ],
  [
    'a route',
    make(route),
    ['container ip route add 10.9.0.0/16 via 10.4.0.1 dev eth0 metric 7 table 100 mtu 1300'],
  ],
  [
    'a route in front of others',
    make({ ...route, inFront: true }),
    ['container ip route prepend 10.9.0.0/16 via 10.4.0.1 dev eth0 metric 7 table 100 mtu 1300'],
  ],
  [
    'a route whose gateway is taken for a neighbour',
    make({ ...route, onLink: true }),
    ['container ip route add 10.9.0.0/16 via 10.4.0.1 dev eth0 metric 7 table 100 mtu 1300 onlink'],
  ],
  [
    'a limit',
    make(limit),
    ['host tc qdisc replace dev veth1 root handle 1: tbf rate 8000bit burst 1500b latency 25ms'],
  ],
  [
    'a redirection',
    make(redirect),
    [
      'host tc qdisc add dev veth1 ingress',
      'host tc filter add dev veth1 parent ffff: protocol all prio 1 u32 match u32 0 0 action mirred egress redirect dev bwp1',
    ],
  ],
  ['the end of a redirection', remove(redirect), ['host tc qdisc del dev veth1 ingress']],
  ['the end of a veth', remove(veth), ['host ip link set dev veth1 down']],
  ['the end of an interface of the host', remove(ifb), ['host ip link del dev bwp1']],
])('%s', (_, change, lines) => {
  const found = linesOf(change, '/run/netns/web', 'down')
  expect(found.map(({ place, program, text }) => `${place} ${program} ${text}`)).toEqual(lines)
})
