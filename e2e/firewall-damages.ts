import { createHash } from 'node:crypto'
import { type Damage, damagesOf } from './damage-host.ts'

/** The command of nft(8) that deletes, or adds, an element of a set of table `inet vethra`. */
export const element = (set: string, key: string, verb = 'delete') =>
  `nft ${verb} element inet vethra ${set} '{ ${key} }'`
const hookAgain = (chain: string, base = '') =>
  `nft flush chain inet vethra ${chain}; nft delete chain inet vethra ${chain}; nft add chain inet vethra ${chain} '{ ${base} }'`
const chains = (network: string, id: string) => {
  const hash = createHash('sha512').update(`${network}default-${id}`).digest('hex')
  return { masquerading: `CNI-${hash.slice(0, 24)}`, ports: `CNI-DN-${hash.slice(0, 21)}` }
}

/** Each kind of damage to the firewall that the doctor repairs, in each way in which it comes about. */
export const firewallDamages: readonly Damage[] = [
  ...damagesOf('native', [
    ['the table is removed', 'ports-closed', () => 'nft delete table inet vethra'],
    ['the rules of the table are flushed', 'ports-closed', () => 'nft flush table inet vethra'],
    [
      'a chain of the table is flushed',
      'ports-closed',
      () => 'nft flush chain inet vethra forward',
    ],
    ['a published port is removed', 'ports-closed', () => element('a4', '127.0.0.1 . tcp . 8080')],
    ['a published UDP port is removed', 'ports-closed', () => element('p4', 'udp . 5353')],
    [
      'all published ports are flushed',
      'ports-closed',
      () => 'nft flush map inet vethra a4; nft flush map inet vethra p4',
    ],
    [
      'a published port leads elsewhere',
      'ports-closed',
      ({ web }) =>
        `${element('p4', 'udp . 5353')}; ${element('p4', `udp . 5353 comment "vethra lan default-${web} eth0" : 10.4.1.99 . 53`, 'add')}`,
    ],
    ['masquerading is removed', 'masquerading-missing', () => element('masq4', '10.4.1.0/24')],
    [
      'the bridge is admitted no more',
      'forwarding-missing',
      ({ bridge }) => element('bridges', `"${bridge}"`),
    ],
    ['the subnet is admitted no more', 'forwarding-missing', () => element('nets4', '10.4.1.0/24')],
    [
      'the network is isolated no more',
      'isolation-missing',
      ({ bridge }) => element('isolated', `"${bridge}"`),
    ],
    [
      'elements of a container that is gone are left',
      'rules-left',
      () =>
        element('p4', 'tcp . 9999 comment "vethra lan default-gone eth0" : 10.4.1.77 . 80', 'add'),
    ],
    [
      'elements of a network that is gone are left',
      'rules-left',
      () => element('masq4', '10.77.0.0/24 comment "vethra gone"', 'add'),
    ],
    [
      'the table is switched off',
      'ports-closed',
      () => "nft add table inet vethra '{ flags dormant; }'",
    ],
    [
      'a rule of the table is edited in place',
      'forwarding-missing',
      () =>
        "nft replace rule inet vethra forward $(nft -a list chain inet vethra forward | grep -m1 goto | grep -o 'handle [0-9]*') drop",
    ],
    [
      'a chain of the table drops by its policy',
      'ports-closed',
      () => "nft add chain inet vethra guard '{ policy drop; }'",
    ],
    [
      'a chain of the table has another priority',
      'forwarding-missing',
      () => hookAgain('forward', 'type filter hook forward priority 50; policy accept;'),
    ],
    ['a chain of the table has lost its hook', 'ports-closed', () => hookAgain('guard')],
    [
      'a published port has lost its mark',
      'ports-closed',
      ({ address }) =>
        `${element('p4', 'udp . 5353')}; ${element('p4', `udp . 5353 : ${address} . 53`, 'add')}`,
    ],
    [
      'a published port bears the mark of others, and leads elsewhere',
      'ports-closed',
      () =>
        `${element('p4', 'udp . 5353')}; ${element('p4', 'udp . 5353 comment "other" : 10.4.1.99 . 54', 'add')}`,
    ],
    [
      'a network has lost its mark',
      'forwarding-missing',
      ({ bridge }) =>
        `${element('bridges', `"${bridge}"`)}; ${element('bridges', `"${bridge}"`, 'add')}`,
    ],
    [
      'a network is cut off from other hosts',
      'rules-left',
      ({ bridge }) => element('internal', `"${bridge}" comment "vethra lan"`, 'add'),
    ],
    [
      'a port that nobody asked for bears the mark of a container',
      'rules-left',
      ({ web }) =>
        element('p4', `tcp . 7777 comment "vethra lan default-${web} eth0" : 10.4.1.3 . 22`, 'add'),
    ],
    [
      '127.0.0.1 leads to no container',
      'settings-changed',
      ({ bridge }) => `echo 0 >/proc/sys/net/ipv4/conf/${bridge}/route_localnet`,
    ],
  ]),
  ...damagesOf('exec', [
    ['all accepting rules are flushed', 'forwarding-missing', () => 'iptables -F CNI-FORWARD'],
    [
      'one accepting rule is removed',
      'forwarding-missing',
      ({ address }) => `iptables -D CNI-FORWARD -s ${address}/32 -j ACCEPT`,
    ],
    [
      'the accepting rules are entered no more',
      'forwarding-missing',
      () => 'iptables -D FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD',
    ],
    [
      'the isolating rules are entered no more',
      'isolation-missing',
      () =>
        'iptables -D FORWARD -m comment --comment "CNI firewall plugin rules (ingressPolicy: same-bridge)" -j CNI-ISOLATION-STAGE-1',
    ],
    [
      'the isolating rules are flushed',
      'isolation-missing',
      () => 'iptables -F CNI-ISOLATION-STAGE-2',
    ],
    [
      'masquerading is flushed',
      'masquerading-missing',
      ({ web }) => `iptables -t nat -F ${chains('lan', web).masquerading}`,
    ],
    [
      'masquerading is entered no more',
      'masquerading-missing',
      ({ address }) =>
        `iptables -t nat -S POSTROUTING | grep -- "-s ${address}/32" | sed 's/^-A/iptables -t nat -D/' | sh`,
    ],
    [
      'rules of ports are flushed',
      'ports-closed',
      ({ web }) => `iptables -t nat -F ${chains('lan', web).ports}`,
    ],
    [
      'rules of ports are entered no more',
      'ports-closed',
      () => 'iptables -t nat -D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
    ],
    [
      'what portmap marks is masqueraded no more',
      'ports-closed',
      () => 'iptables -t nat -F CNI-HOSTPORT-MASQ',
    ],
    [
      'the masquerading rules of ports are entered no more',
      'ports-closed',
      () =>
        'iptables -t nat -D POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
    ],
    ['portmap marks nothing', 'ports-closed', () => 'iptables -t nat -F CNI-HOSTPORT-SETMARK'],
    [
      'all chains of ports are flushed',
      'ports-closed',
      () => 'iptables -t nat -F CNI-HOSTPORT-DNAT',
    ],
    [
      'rules of another network are left',
      'rules-left',
      ({ web }) => {
        const { masquerading: chain } = chains('old', web)
        const comment = `-m comment --comment "name: \\"old\\" id: \\"default-${web}\\""`
        return `iptables -t nat -N ${chain}; iptables -t nat -A ${chain} ${comment} -j ACCEPT; iptables -t nat -A POSTROUTING -s 10.9.9.9/32 ${comment} -j ${chain}`
      },
    ],
  ]),
]
