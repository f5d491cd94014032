import { type Damage, damagesOf, fileOf, records, results } from './damage-host.ts'

const networks = '/var/lib/cni/networks'
const reserve = (address: string, text: string) =>
  `printf '${text}' >${networks}/lan/${address}; touch -d '1 hour ago' ${networks}/lan/${address}`

/** Damage to files of state: records, cached results, reservations, names, hosts files, locks. */
export const fileDamages: readonly Damage[] = damagesOf(undefined, [
  ['a cached result is removed', 'result-lost', ({ web }) => `rm ${results}/${fileOf(web)}`],
  ['a cached result is damaged', 'result-lost', ({ web }) => `echo '{' >${results}/${fileOf(web)}`],
  ['a record is damaged', 'record-damaged', ({ web }) => `echo x >${records}/${fileOf(web)}`],
  [
    'a record names an inode alone',
    'record-outdated',
    ({ web }) =>
      `sed -i 's/"cookie":"[0-9]*",//; s/"bootId":"[^"]*",//; s/"place":"[^"]*",//; s/"startTime":"[0-9]*",//' ${records}/${fileOf(web)}`,
  ],
  [
    'a record names another boot',
    'record-outdated',
    ({ web }) =>
      `sed -i 's/"bootId":"[^"]*"/"bootId":"00000000-0000-4000-8000-000000000000"/' ${records}/${fileOf(web)}`,
  ],
  [
    'a record names the namespace of a process that is not there',
    'record-damaged',
    ({ web }) => `sed -i 's|/proc/[0-9]*/|/proc/9999999/|' ${records}/${fileOf(web)}`,
  ],
  [
    'a record names the namespace of another container',
    'record-damaged',
    ({ web, db }) =>
      `cd ${records}; sed -i "s|/proc/[0-9]*/|$(grep -o -m1 '/proc/[0-9]*/' ${fileOf(db)} | head -n1)|" ${fileOf(web)}`,
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
    'the ports of a container, as nerdctl reads them, are removed',
    'file-lost',
    ({ web }) => `rm /var/lib/vethra/*/containers/default/${web}/network-config.json`,
  ],
  [
    'the ports of a container, as nerdctl reads them, are emptied',
    'file-lost',
    ({ web }) => `: >$(echo /var/lib/vethra/*/containers/default/${web}/network-config.json)`,
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
  ['the name of a container is free', 'name-lost', () => 'rm /var/lib/vethra/*/names/default/shop'],
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
])
