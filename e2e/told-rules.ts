import { type Damage, damagesOf } from './damage-host.ts'
import { element } from './firewall-damages.ts'

/** Rules of firewalls that others mean, perhaps: each is named with the line that ends it, and stays. */
export const toldRules: readonly Damage[] = [
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
      'what leaves gets an address of nobody',
      'rules-refusing',
      () =>
        "nft add table ip site; nft add chain ip site s '{ type nat hook postrouting priority 100; }'; nft add rule ip site s ip saddr 10.4.1.0/24 snat to 203.0.113.9",
    ],
    [
      'what leaves gets an address of nobody, by iptables',
      'rules-refusing',
      () => 'iptables -t nat -I POSTROUTING -s 10.4.1.0/24 -j SNAT --to-source 203.0.113.9',
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
    ['the policy of what is for the host drops', 'rules-refusing', () => 'iptables -P INPUT DROP'],
    ['the policy of what the host sends drops', 'rules-refusing', () => 'iptables -P OUTPUT DROP'],
    [
      'packets wait for a program that does not run',
      'rules-refusing',
      () => 'iptables -I FORWARD -j NFQUEUE --queue-num 5',
    ],
    [
      'what a container sends is tracked apart',
      'rules-refusing',
      ({ bridge }) => `iptables -t raw -A PREROUTING -i ${bridge} -j CT --zone 7`,
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
      'a rule keeps the source of what leaves',
      'rules-refusing',
      () => 'iptables -t nat -I POSTROUTING -s 10.4.1.0/24 -j ACCEPT',
    ],
    [
      'a rule that drops comes before those of containers',
      'rules-refusing',
      () => 'iptables -I CNI-FORWARD -m comment --comment "it is mine" -j DROP',
    ],
  ]),
]
