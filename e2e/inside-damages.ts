import { type Damage, damagesOf, fileOf, records } from './damage-host.ts'

/** A script of sh(1) in the network namespace of a container. */
export const within = (id: string, script: string): string =>
  `nsenter --net=$(sed 's/.*"netns":"\\([^"]*\\)".*/\\1/' ${records}/${fileOf(id)}) sh -c '${script}'`

/** Each kind of damage inside of a container that the doctor repairs. */
export const insideDamages: readonly Damage[] = [
  ...damagesOf('native', [
    ['lo is down inside', 'inside-changed', ({ web }) => within(web, 'ip link set lo down')],
    [
      'lo has no address inside',
      'inside-changed',
      ({ web }) => within(web, 'ip address flush dev lo'),
    ],
  ]),
  ...damagesOf(undefined, [
    [
      'an interface asks for no neighbours',
      'inside-changed',
      ({ web }) => within(web, 'ip link set eth0 arp off'),
    ],
    [
      'an interface is down inside',
      'inside-changed',
      ({ web }) => within(web, 'ip link set eth0 down'),
    ],
    [
      'a container has no default route',
      'inside-changed',
      ({ web }) => within(web, 'ip route delete default'),
    ],
    [
      'a container has another default route',
      'inside-changed',
      ({ web }) => within(web, 'ip route replace default via 10.4.1.222'),
    ],
    [
      'a container has no route to its own network',
      'inside-changed',
      ({ web }) => within(web, 'ip route delete 10.4.1.0/24'),
    ],
    [
      'an interface has another MTU inside',
      'inside-changed',
      ({ web }) => within(web, 'ip link set eth0 mtu 1200'),
    ],
    [
      'an interface has another MAC inside',
      'inside-changed',
      ({ web }) => within(web, 'ip link set eth0 address 02:00:00:00:00:97'),
    ],
    [
      'a container has another address',
      'inside-changed',
      ({ web }) => within(web, 'ip addr flush dev eth0; ip addr add 10.4.1.99/24 dev eth0'),
    ],
  ]),
]
