import { type Damage, damagesOf, fileOf, records, results } from './damage-host.ts'
import { firewallDamages } from './firewall-damages.ts'
import { insideDamages } from './inside-damages.ts'

const networks = '/var/lib/cni/networks'
const reserve = (address: string, text: string) =>
  `printf '${text}' >${networks}/lan/${address}; touch -d '1 hour ago' ${networks}/lan/${address}`
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
  ]),
  ...damagesOf('native', [
    [
      'a port of the bridge learns nothing and gets no broadcasts',
      'interface-changed',
      ({ link }) => `ip link set ${link} type bridge_slave learning off flood off bcast_flood off`,
    ],
  ]),
  ...damagesOf(undefined, [
    ['the bridge is deleted', 'bridge-missing', ({ bridge }) => `ip link delete ${bridge}`],
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
    ['the bridge is down', 'bridge-down', ({ bridge }) => `ip link set ${bridge} down`],
    [
      'the route to the subnet is removed',
      'bridge-route-missing',
      ({ bridge }) => `ip route delete 10.4.1.0/24 dev ${bridge}`,
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
    ['an interface is down', 'interface-loose', ({ link }) => `ip link set ${link} down`],
    ['a cached result is removed', 'result-lost', ({ web }) => `rm ${results}/${fileOf(web)}`],
    [
      'a cached result is damaged',
      'result-lost',
      ({ web }) => `echo '{' >${results}/${fileOf(web)}`,
    ],
    ['a record is damaged', 'record-damaged', ({ web }) => `echo x >${records}/${fileOf(web)}`],
    [
      'a record names an inode alone',
      'record-outdated',
      ({ web }) =>
        `sed -i 's/"cookie":"[0-9]*",//; s/"bootId":"[^"]*",//; s/"place":"[^"]*",//; s/"startTime":"[0-9]*",//' ${records}/${fileOf(web)}`,
    ],
    [
      'a folder is in place of a record',
      'record-damaged',
      ({ web }) => `rm ${records}/${fileOf(web)}; mkdir ${records}/${fileOf(web)}`,
    ],
    [
      'a record is full of zeros',
      'record-damaged',
      ({ web }) => `head -c 300 /dev/zero >${records}/${fileOf(web)}`,
    ],
    [
      'a folder is in place of a cached result',
      'result-lost',
      ({ web }) => `rm ${results}/${fileOf(web)}; mkdir ${results}/${fileOf(web)}`,
    ],
    [
      'a folder is in place of a reservation',
      'reservation-missing',
      ({ address }) => `cd ${networks}/lan; rm ${address}; mkdir ${address}`,
    ],
    [
      'a link is in place of a reservation',
      'reservation-missing',
      ({ address }) => `cd ${networks}/lan; rm ${address}; ln -s /etc/hostname ${address}`,
    ],
    [
      'a file is in place of the folder of locks',
      'file-lost',
      () => 'rm -r /run/vethra/locks; echo x >/run/vethra/locks',
    ],
    [
      'a link that leads nowhere is in place of the folder of indexes',
      'file-lost',
      () => 'rm -r /run/vethra/ipam; ln -s /nowhere /run/vethra/ipam',
    ],
    [
      'a FIFO is in place of the file of events',
      'file-lost',
      () => 'rm /run/vethra/events; mkfifo /run/vethra/events',
    ],
    [
      'a file is in place of the reservations of a network',
      'file-lost',
      () => `rm -r ${networks}/lan; echo x >${networks}/lan`,
    ],
    [
      'a folder is in place of the lock of reservations',
      'file-lost',
      () => `cd ${networks}/lan; rm lock; mkdir lock`,
    ],
    [
      'a FIFO is in place of the address that was reserved last',
      'file-lost',
      () => `cd ${networks}/lan; rm last_reserved_ip.0; mkfifo last_reserved_ip.0`,
    ],
    [
      'a folder is in place of a hosts file',
      'file-lost',
      ({ web }) => `cd /var/lib/vethra/*/etchosts/default/${web}; rm hosts; mkdir hosts`,
    ],
    [
      'a link that leads nowhere is in place of a hostname',
      'file-lost',
      ({ web }) => `cd /var/lib/vethra/*/containers/default/${web}; ln -sf /nowhere hostname`,
    ],
    [
      'a resolv.conf is removed',
      'file-lost',
      ({ web }) => `rm /var/lib/vethra/*/containers/default/${web}/resolv.conf`,
    ],
    [
      'a folder is in place of a meta.json',
      'names-missing',
      ({ web }) => `cd /var/lib/vethra/*/etchosts/default/${web}; rm meta.json; mkdir meta.json`,
    ],
    [
      'a cached result has another address',
      'result-lost',
      ({ web, address }) => `sed -i 's/"${address}\\//"10.4.1.123\\//' ${results}/${fileOf(web)}`,
    ],
    [
      'a name is full of zeros',
      'name-lost',
      () => 'cd /var/lib/vethra/*/names/default; head -c 20 /dev/zero >shop',
    ],
    [
      'a folder is in place of a name',
      'name-lost',
      () => 'cd /var/lib/vethra/*/names/default; rm shop; mkdir shop',
    ],
    [
      'a folder is in place of a conf list',
      'network-missing',
      () => 'cd /etc/cni/net.d; rm nerdctl-lan.conflist; mkdir nerdctl-lan.conflist',
    ],
    [
      "another container's record is in place of a record",
      'record-damaged',
      ({ web, db }) => `cd ${records}; cp ${fileOf(db)} ${fileOf(web)}`,
    ],
    [
      'a second address is reserved for a container',
      'reservation-dead',
      ({ web }) => reserve('10.4.1.203', `default-${web}\\r\\neth0`),
    ],
    [
      'the reservation of an address names another container',
      'reservation-dead',
      ({ db, address }) => reserve(address, `default-${db}\\r\\neth0`),
    ],
    ['a record is removed', 'record-damaged', ({ web }) => `rm ${records}/${fileOf(web)}`],
    [
      'the record and the cached result of a container are removed',
      'record-damaged',
      ({ db }) => `rm ${records}/${fileOf(db)} ${results}/${fileOf(db)}`,
    ],
    [
      'all records and all cached results are removed',
      'record-damaged',
      () => `rm ${records}/lan-default-* ${results}/lan-default-*`,
    ],
    [
      'a reservation is removed',
      'reservation-missing',
      ({ address }) => `rm ${networks}/lan/${address}`,
    ],
    [
      'a reservation is planted for a container',
      'reservation-dead',
      ({ web }) => reserve('10.4.1.200', `default-${web}\\r\\neth9`),
    ],
    [
      'a reservation is planted for nobody',
      'reservation-dead',
      () => reserve('10.4.1.201', 'nobody\\r\\neth0'),
    ],
    ['a reservation is empty', 'reservation-dead', () => reserve('10.4.1.202', '')],
    [
      'the names of a container are damaged',
      'names-missing',
      ({ web }) =>
        `for f in /var/lib/vethra/*/etchosts/default/${web}/meta.json; do echo '{' >$f; done`,
    ],
    [
      'the names of a container are removed',
      'names-missing',
      ({ web }) => `rm /var/lib/vethra/*/etchosts/default/${web}/meta.json`,
    ],
    [
      'a hosts file has another address for a peer',
      'hosts-changed',
      ({ db, address }) =>
        `cd /var/lib/vethra/*/etchosts/default/${db}; sed 's/^${address} /10.4.1.99 /' hosts >/run/x; cat /run/x >hosts; rm /run/x`,
    ],
    [
      'a hosts file is empty',
      'hosts-changed',
      ({ web }) => `: >$(echo /var/lib/vethra/*/etchosts/default/${web}/hosts)`,
    ],
    [
      'the name of a container is free',
      'name-lost',
      () => 'rm /var/lib/vethra/*/names/default/shop',
    ],
    [
      'the name of a removed container is taken',
      'name-left',
      () => 'cd /var/lib/vethra/*/names/default; printf gone >gone',
    ],
    [
      'the hosts folder of a removed container is left',
      'hosts-left',
      ({ db }) =>
        `cd /var/lib/vethra/*/etchosts/default; cp -r ${db} gone; sed -i 's/"ID":"${db}"/"ID":"gone"/' gone/meta.json`,
    ],
    [
      'ports are held no more',
      'ports-unheld',
      ({ web }) =>
        `kill -9 $(grep -o 'pid":[0-9]*' /run/vethra/ports/default-${web} | grep -o '[0-9]*')`,
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
  ...insideDamages,
]
