import { type Damage, damagesOf } from './damage-host.ts'
import { within } from './inside-damages.ts'
import { toldRules } from './told-rules.ts'

/** Damage that others mean, perhaps: it is named with the line that ends it, and stays. */
export const toldDamages: readonly Damage[] = [
  ...toldRules,
  ...damagesOf(undefined, [
    [
      'a rule of the routing policy drops what comes from the subnet',
      'routing-refused',
      () => 'ip rule add from 10.4.1.0/24 blackhole pref 50',
    ],
    [
      'a rule of the routing policy refuses what is for a container',
      'routing-refused',
      ({ address }) => `ip rule add to ${address} prohibit`,
    ],
    [
      'a route refuses what is for a container',
      'subnet-collides',
      ({ address }) => `ip route add blackhole ${address}/32`,
    ],
    [
      "a route of others is in front of the network's",
      'subnet-collides',
      ({ address }) => `ip route add ${address}/32 dev br-other`,
    ],
    [
      'a table without a way is looked up for the subnet',
      'routing-refused',
      () =>
        'ip route replace blackhole default table 77; ip rule add from 10.4.1.0/24 lookup 77 pref 50',
    ],
    [
      'a table leads what is for the subnet elsewhere',
      'routing-refused',
      () =>
        'ip route replace default dev br-other table 78; ip rule add to 10.4.1.0/24 lookup 78 pref 51',
    ],
    ['the main table is looked up no more', 'routing-refused', () => 'ip rule delete pref 32766'],
    [
      'an interface holds packets back',
      'interface-shaped',
      ({ link }) => `tc qdisc add dev ${link} root tbf rate 9mbit burst 32kbit latency 50ms`,
    ],
    [
      'the bridge holds packets back',
      'interface-shaped',
      ({ bridge }) => `tc qdisc add dev ${bridge} root tbf rate 9mbit burst 32kbit latency 50ms`,
    ],
    [
      'a filter takes what a container sends',
      'interface-filtered',
      ({ link }) =>
        `tc qdisc add dev ${link} clsact; tc filter add dev ${link} ingress protocol ip u32 match u32 0 0 action mirred egress redirect dev br-other`,
    ],
    [
      'the bridge answers nobody who asks for its address',
      'arp-off',
      ({ bridge }) => `sysctl -qw net.ipv4.conf.${bridge}.arp_ignore=8`,
    ],
    [
      'no interface answers who asks for an address',
      'arp-off',
      () => 'sysctl -qw net.ipv4.conf.all.arp_ignore=8',
    ],
    ['lo is down', 'loopback-down', () => 'ip link set lo down'],
    ['lo has no address', 'loopback-down', () => 'ip address delete 127.0.0.1/8 dev lo'],
    [
      'an address of the bridge is on another interface, too',
      'subnet-collides',
      () => 'ip address add 10.4.1.1/32 dev br-other',
    ],
    [
      'a neighbour entry by hand has another MAC',
      'neighbour-wrong',
      ({ address, bridge }) =>
        `ip neigh replace ${address} lladdr 02:00:00:00:00:96 nud permanent dev ${bridge}`,
    ],
    [
      "a bridge keeps what is for a container's MAC",
      'neighbour-wrong',
      ({ web, link }) =>
        `bridge fdb replace $(${within(web, 'ip -br link show eth0')} | awk '{print $3}') dev ${link} master`,
    ],
    [
      'a route leads past the network',
      'subnet-collides',
      ({ address }) => `ip route add throw ${address}/32`,
    ],
    [
      'a container takes no packets for its address',
      'inside-added',
      ({ web, address }) => within(web, `ip route delete table local local ${address} dev eth0`),
    ],
    [
      'a second default route leads elsewhere',
      'inside-added',
      ({ web }) => within(web, 'ip route add 0.0.0.0/1 via 10.4.1.222'),
    ],
    [
      'a container has a neighbour entry by hand',
      'inside-added',
      ({ web }) =>
        within(web, 'ip neigh replace 10.4.1.1 lladdr 02:00:00:00:00:55 nud permanent dev eth0'),
    ],
    [
      'a rule of nftables drops all that a container gets',
      'inside-added',
      ({ web }) =>
        within(
          web,
          'nft add table inet x; nft add chain inet x i "{ type filter hook input priority 0; }"; nft add rule inet x i drop',
        ),
    ],
    [
      'the policy of iptables drops all that a container sends',
      'inside-added',
      ({ web }) => within(web, 'iptables -P OUTPUT DROP'),
    ],
    [
      'a container has a rule that refuses all packets',
      'inside-added',
      ({ web }) => within(web, 'ip rule add from all prohibit pref 10'),
    ],
    [
      'a container looks up its main table no more',
      'inside-added',
      ({ web }) => within(web, 'ip rule delete pref 32766'),
    ],
    [
      'a container has a route that refuses half of all addresses',
      'inside-added',
      ({ web }) => within(web, 'ip route add blackhole 0.0.0.0/1'),
    ],
    [
      "a container has its peer's address",
      'inside-added',
      ({ db, address }) => within(db, `ip addr add ${address}/32 dev lo`),
    ],
    [
      'a container has a route past its network',
      'inside-added',
      ({ web }) => within(web, 'ip route add throw 10.4.1.0/25'),
    ],
    [
      'a bridge has the address of a container',
      'address-taken',
      ({ address, bridge }) => `ip addr add ${address}/32 dev ${bridge}`,
    ],
    ['all may write to state', 'folder-open', () => 'chmod 777 /run/vethra'],
    [
      'all may write to a record',
      'folder-open',
      ({ web }) => `chmod 666 /var/lib/vethra/attachments/lan-default-${web}-eth0`,
    ],
    [
      'another user owns a folder of names',
      'folder-open',
      () => 'chown 12345 /var/lib/vethra/*/names/default',
    ],
    ['another user owns state', 'folder-open', () => 'chown 12345 /var/lib/vethra/attachments'],
  ]),
  ...damagesOf('native', [
    [
      "a bridge keeps frames for a container's MAC to itself",
      'neighbour-wrong',
      ({ web, bridge }) =>
        `bridge fdb add $(${within(web, 'ip -br link show eth0')} | awk '{print $3}') dev ${bridge} self local`,
    ],
  ]),
]
