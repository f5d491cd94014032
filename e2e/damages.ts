import { type Damage, damagesOf, results } from './damage-host.ts'
import { fileDamages } from './file-damages.ts'
import { firewallDamages } from './firewall-damages.ts'
import { insideDamages } from './inside-damages.ts'

const third = 'ip netns add third 2>/dev/null; "$VETHRA" cni add lan /run/netns/third'

/** Each kind of damage that the doctor repairs, in each way in which it comes about. */
export const damages: readonly Damage[] = [
  ...firewallDamages,
  ...damagesOf('native', [
    [
      'the bridge has another MAC',
      'bridge-changed',
      ({ bridge }) => `ip link set ${bridge} address 02:00:00:00:00:99`,
    ],
    [
      'an interface has another MAC',
      'interface-changed',
      ({ link }) => `ip link set ${link} address 02:00:00:00:00:98`,
    ],
    [
      'an interface is isolated from its peers',
      'interface-changed',
      ({ link }) => `ip link set ${link} type bridge_slave isolated on hairpin on`,
    ],
    [
      'a port of the bridge gets no multicast, such as questions of IPv6 for neighbours',
      'interface-changed',
      ({ link }) => `ip link set ${link} type bridge_slave mcast_flood off`,
    ],
    [
      'a port of the bridge is locked',
      'interface-changed',
      ({ link }) => `ip link set ${link} type bridge_slave locked on`,
    ],
    [
      'a port of the bridge learns nothing and gets no broadcasts',
      'interface-changed',
      ({ link }) => `ip link set ${link} type bridge_slave learning off flood off bcast_flood off`,
    ],
  ]),
  ...damagesOf(undefined, [
    ['the bridge is deleted', 'bridge-missing', ({ bridge }) => `ip link delete ${bridge}`],
    [
      "the bridge's address has another prefix",
      'bridge-address-missing',
      ({ bridge }) =>
        `ip addr del 10.4.1.1/24 dev ${bridge}; ip addr add 10.4.1.1/16 dev ${bridge}`,
    ],
    [
      'the bridge keeps what is for published ports of 127.0.0.1',
      'settings-changed',
      ({ bridge }) => `sysctl -qw net.ipv4.conf.${bridge}.route_localnet=0`,
    ],
    [
      'the bridge loses its address',
      'bridge-address-missing',
      ({ bridge }) => `ip -4 addr flush dev ${bridge}`,
    ],
    [
      'the bridge is renamed',
      'bridge-missing',
      ({ bridge }) => `ip link set ${bridge} down; ip link set ${bridge} name mine up`,
    ],
    [
      'the bridge answers no ARP',
      'bridge-changed',
      ({ bridge }) => `ip link set ${bridge} arp off`,
    ],
    ['the bridge is down', 'bridge-down', ({ bridge }) => `ip link set ${bridge} down`],
    [
      'the route to the subnet is removed',
      'bridge-route-missing',
      ({ bridge }) => `ip route delete 10.4.1.0/24 dev ${bridge}`,
    ],
    [
      'the host takes nothing for the address of the bridge',
      'bridge-route-missing',
      ({ bridge }) => `ip route delete local 10.4.1.1 dev ${bridge} table local`,
    ],
    [
      'an interface is on the bridge of another',
      'interface-loose',
      ({ link }) => `ip link set ${link} master br-other`,
    ],
    ['an interface is deleted', 'interface-missing', ({ link }) => `ip link delete ${link}`],
    [
      'an interface is on no bridge',
      'interface-loose',
      ({ link }) => `ip link set ${link} nomaster`,
    ],
    [
      'an interface is blocked by its bridge',
      'interface-loose',
      ({ link }) => `bridge link set dev ${link} state 0`,
    ],
    [
      'an interface listens for spanning trees for ever',
      'interface-loose',
      ({ link }) => `bridge link set dev ${link} state 1`,
    ],
    ['an interface is down', 'interface-loose', ({ link }) => `ip link set ${link} down`],
    [
      'ports are held no more',
      'ports-unheld',
      ({ web }) =>
        `kill -9 $(grep -o 'pid":[0-9]*' /run/vethra/ports/default-${web} | grep -o '[0-9]*')`,
    ],
    [
      'the record of held ports is removed',
      'ports-unrecorded',
      ({ web }) => `rm /run/vethra/ports/default-${web}`,
    ],
    [
      'the record of held ports is empty',
      'ports-unrecorded',
      ({ web }) => `: >/run/vethra/ports/default-${web}`,
    ],
    [
      'the record of held ports names another process',
      'ports-unrecorded',
      ({ web }) => `sed -i 's/"pid":[0-9]*/"pid":1/' /run/vethra/ports/default-${web}`,
    ],
    [
      'ports are held for nobody',
      'ports-left',
      () =>
        `echo '{"containerId":"default-gone","sockets":["0.0.0.0:9998/tcp"],"holder":{"pid":1,"startTime":"1"}}' >/run/vethra/ports/default-gone`,
    ],
    ['a namespace is gone', 'attachment-dead', () => `${third}; ip netns delete third`],
    [
      'an ADD was cut short',
      'attachment-unfinished',
      () => `${third}; rm ${results}/lan-cnitool-*; ip -n third link delete eth0`,
    ],
  ]),
  ...fileDamages,
  ...insideDamages,
]
