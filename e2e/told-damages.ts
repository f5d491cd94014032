import { type Damage, damagesOf } from './damage-host.ts'
import { element } from './firewall-damages.ts'
import { within } from './inside-damages.ts'

/** Damage that others mean, perhaps: it is named with the line that ends it, and stays. */
export const toldDamages: readonly Damage[] = [
  ...damagesOf(undefined, [
    [
      "a rule of Docker's chain for users drops everything",
      'rules-refusing',
      () =>
        'iptables -D FORWARD -j DOCKER-USER; iptables -I FORWARD -j DOCKER-USER; iptables -I DOCKER-USER -j DROP',
    ],
    [
      'a rule of table raw drops what comes from the bridge',
      'rules-refusing',
      ({ bridge }) =>
        `iptables -t raw -A PREROUTING -i ${bridge} -m comment --comment "so; be it" -j DROP`,
    ],
    [
      'a rule of table mangle drops what comes from the subnet',
      'rules-refusing',
      () => 'iptables -t mangle -A FORWARD -s 10.4.1.0/24 -j DROP',
    ],
    [
      'a rule of table raw drops what is sent to a published port',
      'rules-refusing',
      () => 'iptables -t raw -A PREROUTING -p udp --dport 5353 -j DROP',
    ],
    [
      "another program's table drops what is forwarded to the bridge",
      'rules-refusing',
      ({ bridge }) =>
        `nft add table inet site; nft add chain inet site fw '{ type filter hook forward priority 5; }'; nft add rule inet site fw oifname ${bridge} counter reject`,
    ],
    [
      'connections are not tracked',
      'rules-refusing',
      () =>
        "nft add table inet site; nft add chain inet site r '{ type filter hook prerouting priority -300; }'; nft add rule inet site r notrack",
    ],
    [
      'connections from the bridge are not tracked, by iptables',
      'rules-refusing',
      ({ bridge }) => `iptables -t raw -A PREROUTING -i ${bridge} -j CT --notrack`,
    ],
    [
      'a published port is redirected by iptables',
      'ports-led-elsewhere',
      () => 'iptables -t nat -I PREROUTING -p udp --dport 5000:6000 -j REDIRECT --to-ports 9',
    ],
    [
      'a published port is redirected',
      'ports-led-elsewhere',
      () =>
        "nft add table inet site; nft add chain inet site n '{ type nat hook prerouting priority -110; }'; nft add rule inet site n fib daddr type local udp dport 5353 redirect to :9",
    ],
    [
      'a published port of the host itself is led elsewhere',
      'ports-led-elsewhere',
      () =>
        "nft add table ip site; nft add chain ip site o '{ type nat hook output priority -110; }'; nft add rule ip site o tcp dport 8080 dnat to 10.99.0.9:80",
    ],
    [
      'answers to the host are dropped',
      'rules-refusing',
      ({ bridge }) => `iptables -I INPUT -i ${bridge} -j DROP`,
    ],
    [
      'frames between containers are dropped',
      'rules-refusing',
      () =>
        "nft add table bridge site; nft add chain bridge site f '{ type filter hook forward priority 0; }'; nft add rule bridge site f drop",
    ],
    [
      'frames for the host are dropped by a policy',
      'rules-refusing',
      () =>
        "nft add table bridge site; nft add chain bridge site p '{ type filter hook input priority 0; policy drop; }'",
    ],
    [
      'frames for a container are dropped',
      'rules-refusing',
      ({ link }) =>
        `nft add table netdev out; nft add chain netdev out e '{ type filter hook egress device ${link} priority 0; }'; nft add rule netdev out e drop`,
    ],
    [
      'a chain at the ingress of the bridge drops everything',
      'rules-refusing',
      ({ bridge }) =>
        `nft add table netdev site; nft add chain netdev site in '{ type filter hook ingress device ${bridge} priority 0; }'; nft add rule netdev site in drop`,
    ],
  ]),
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
    ['lo is down', 'loopback-down', () => 'ip link set lo down'],
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
      'a rule that drops comes first',
      'rules-refusing',
      () => 'nft insert rule inet vethra forward ct state new drop',
    ],
    [
      'the table is of another program',
      'table-foreign',
      () => 'nft delete table inet vethra; nft add table inet vethra \'{ comment "mine"; }\'',
    ],
    ['a rule counts', 'rules-added', () => 'nft add rule inet vethra to counter'],
    [
      'a chain that drops',
      'rules-refusing',
      () =>
        "nft add chain inet vethra mine '{ type filter hook forward priority 5; policy drop; }'; nft add rule inet vethra mine accept",
    ],
    [
      'a port without a mark',
      'rules-added',
      () => element('p4', 'tcp . 6666 : 10.4.1.9 . 80', 'add'),
    ],
    [
      'a bridge that is closed without a mark',
      'rules-refusing',
      ({ bridge }) => element('internal', `"${bridge}"`, 'add'),
    ],
  ]),
  ...damagesOf('exec', [
    [
      'a rule that drops everything comes before the accepting rules are entered',
      'rules-refusing',
      () => 'iptables -I FORWARD -j DROP',
    ],
    [
      "a rule of the administrator's chain drops everything",
      'rules-refusing',
      () => 'iptables -A CNI-ADMIN -j DROP',
    ],
    [
      'a rule that drops comes before those of containers',
      'rules-refusing',
      () => 'iptables -I CNI-FORWARD -m comment --comment "it is mine" -j DROP',
    ],
  ]),
]
