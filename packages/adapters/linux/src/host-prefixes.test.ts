import { beforeEach, describe, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'

const veth = `
  ip link add v0 type veth peer name v1
  ip link set v0 up
  ip link set v1 up`

describe('as root', () => {
  beforeEach((context) => context.skip(needsRoot !== undefined, needsRoot))

  it('hostPrefixes gives every address, then every route but default ones and the kernel own', () => {
    const commands = `${veth}
      sysctl -qw net.ipv6.conf.v0.disable_ipv6=0 net.ipv6.conf.v1.disable_ipv6=1
      ip -6 addr flush dev v0
      ip link set lo up
      ip addr add 10.8.0.1/24 dev v0
      ip addr add 10.9.0.1 peer 10.9.0.2/30 dev v0
      ip -6 addr add fd00:8::1/64 dev v0 nodad
      ip route add blackhole 10.7.0.0/16
      ip route add throw 10.2.0.0/16
      ip route add 10.6.0.5 dev v0
      ip route add 10.5.0.0/16 nexthop via 10.8.0.2 dev v0 nexthop via 10.8.0.3 dev v0
      ip route add 10.3.0.0/16 dev v0 table 52
      ip route add default via 10.8.0.9
      ip -6 route add default via fd00:8::9
      ip -6 route add fd00:9::/48 via fd00:8::9`
    const found = inNamespace(commands, 'return host.hostPrefixes()') as {
      source: string
      prefix: string
      interface: string
    }[]
    expect(found.map((each) => `${each.source} ${each.prefix} ${each.interface}`)).toEqual([
      'address 127.0.0.1/8 lo',
      'address ::1/128 lo',
      'address 10.8.0.1/24 v0',
      'address 10.9.0.1/32 v0',
      'address 10.9.0.2/30 v0',
      'address fd00:8::1/64 v0',
      'route 10.3.0.0/16 v0',
      'route 10.5.0.0/16 v0',
      'route 10.6.0.5/32 v0',
      'route 10.7.0.0/16 ',
      'route 10.8.0.0/24 v0',
      'route 10.9.0.0/30 v0',
      'route fd00:8::/64 v0',
      'route fd00:9::/48 v0',
    ])
  })

  it.each([
    ['that of its interface', 'ip link set v0 mtu 1380; ip route add default via 10.8.0.9', 1380],
    ['the one that the route states', 'ip route add default via 10.8.0.9 mtu 1300', 1300],
    [
      'that of the route with the lowest metric',
      'ip route add default via 10.8.0.9 metric 20 mtu 1300; ip route add default via 10.8.0.8 metric 10 mtu 1200',
      1200,
    ],
    [
      'that of IPv6 where there is no other',
      'ip -6 addr add fd00:8::1/64 dev v0 nodad; ip -6 route add default via fd00:8::9 mtu 1290',
      1290,
    ],
    [
      'that of the first way of several',
      'ip route add default nexthop via 10.8.0.2 dev v0 nexthop via 10.8.0.3 dev v0',
      1500,
    ],
  ])('defaultRoute gives the device and as MTU %s', (_, commands, mtu) => {
    const found = inNamespace(
      `${veth}\nip addr add 10.8.0.1/24 dev v0\n${commands}`,
      'return host.defaultRoute()',
    )
    expect(found).toEqual({ device: 'v0', mtu })
  })

  it('defaultRoute is undefined where there is none', () => {
    const commands = `${veth}\nip addr add 10.8.0.1/24 dev v0\nip route add 10.3.0.0/16 dev v0`
    expect(inNamespace(commands, 'return (await host.defaultRoute()) ?? null')).toBeNull()
  })
})
