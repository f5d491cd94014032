import { describe, expect, it } from 'vitest'
import {
  chainsAt,
  droppedBy,
  filterTables,
  type KnownPacket,
  readNftTable,
  withUnreadQueues,
} from './index.ts'

const known = { family: 4, bridge: 'br-lan', admitted: false, protocol: 'tcp' } as const
const out: KnownPacket = {
  ...{ ...known, iifname: 'br-lan', saddr: '10.4.1.2', state: ['new'] },
  marked: true,
}
const nat: KnownPacket = { ...out, changes: 'source' }
const published: KnownPacket = {
  ...{ ...known, oifname: 'br-lan', daddr: '10.4.1.2', dport: '80', state: ['new', 'dnat'] },
}

// As nft(8) 1.0 lists it.
const nft = (...rules: readonly string[]) =>
  readNftTable(
    'inet site',
    [
      'table inet site { # handle 3',
      '\tset s {\n\t\ttype ipv4_addr\n\t}\n',
      '\tchain fw { # handle 1',
      '\t\ttype filter hook forward priority 0; policy accept;',
      ...rules.map((rule, at) => `\t\t${rule} # handle ${at + 7}`),
      '\t}\n',
      '\tchain more { # handle 2\n\t\tiifname "br-lan" drop # handle 99\n\t}',
      '}',
    ].join('\n'),
  )

describe('a rule of nftables', () => {
  it.each<[KnownPacket, boolean, ...string[]]>([
    [out, true, 'drop'],
    [out, true, 'counter log prefix "gone drop" level info reject'],
    [out, true, 'iifname "br-lan" drop comment "no accept here"'],
    [out, true, 'iifname "br-*" ip saddr 10.4.0.0/16 oifname != "br-lan" drop'],
    [out, true, 'ip saddr { 10.9.0.0/24, 10.4.1.2 } meta l4proto { tcp, udp } drop'],
    [out, true, 'meta nfproto ipv4 ct state new,invalid reject with icmpx admin-prohibited'],
    [out, true, 'udp dport 53 accept', 'ip protocol icmp accept', 'drop'],
    [out, true, 'ct state established,related accept', 'jump more'],
    [out, true, 'iifname "docker0" accept', 'goto more'],
    [published, true, 'tcp dport { 80, 443 } drop'],
    [published, true, 'tcp dport 1-1024 drop'],
    [published, true, 'oifname "br-lan" ct status dnat drop'],
    [out, true, 'queue to 5'],
    [out, true, 'ct state new queue flags fanout to 5-7'],
    [out, false, 'queue flags bypass to 5'],
    [out, false, 'queue to 1-3', 'drop'],
    [nat, true, 'iifname "br-lan" ct zone set 7'],
    [nat, false, 'ct zone set 7'],
    [nat, false, 'iifname "br-lan" ct zone set 7', 'iifname "eth0" ct zone set 7'],
    [nat, false, 'ct original zone set 7 ip saddr 10.4.1.2'],
    [out, false, 'iifname "br-lan" ct zone set 7'],
    [out, false, 'meta mark & 0x01000000 == 0x01000000 accept', 'drop'],
    [out, false, 'iifname "br-*" accept', 'drop'],
    [out, false, 'iifname "docker0" drop', 'ip6 saddr ::/0 drop', 'ct state invalid drop'],
    [out, false, 'tcp dport { 80, 443 } accept', 'drop'],
    [out, false, 'ip daddr 169.254.169.254 drop', 'limit rate over 5/second drop'],
    [out, false, 'ip saddr @s drop', 'tcp dport 25 drop', 'oifname "eth0" drop'],
    [out, false, 'ct state vmap { invalid : drop, established : accept }', 'drop'],
    [out, false, 'ip daddr 10.0.0.0/8 jump more', 'accept'],
    [out, false, 'ip saddr != 10.4.0.0/16 drop'],
    [published, false, 'iifname "eth0" drop', 'ip saddr != 192.168.0.0/16 tcp dport 80 drop'],
    [published, false, 'ct status dnat accept', 'drop'],
    [published, false, 'tcp dport 8080 drop', 'tcp dport 81-1024 drop', 'iifname "br-lan" drop'],
  ])('%j is dropped (%j): %j', (packet, isDropped, ...rules) => {
    const table = withUnreadQueues(nft(...rules), ['2'])
    expect(chainsAt(table, 'forward', 'br-lan').map(([name]) => name)).toEqual(['fw'])
    expect(droppedBy(table, 'fw', packet) !== undefined).toBe(isDropped)
  })

  it('of a device is for that device alone, and has its handle', () => {
    const text =
      'table netdev x {\n\tchain i {\n\t\ttype filter hook ingress device "br-lan" priority -1; policy accept;\n\t\tdrop # handle 4\n\t}\n}'
    const table = readNftTable('netdev x', text)
    expect(chainsAt(table, 'ingress', 'br-other')).toEqual([])
    const [[chain = ''] = []] = chainsAt(table, 'ingress', 'br-lan')
    const by = droppedBy(table, chain, out)
    expect(by?.rule).toMatchObject({ line: 'drop', handle: '4' })
  })
})

const saved = (...rules: readonly string[]) =>
  ['*filter', ':FORWARD ACCEPT [0:0]', ...rules.map((each) => `-A ${each}`), 'COMMIT'].join('\n')

describe('a rule of iptables', () => {
  it.each<[KnownPacket, boolean, ...string[]]>([
    [out, true, 'FORWARD -j DOCKER-USER', 'DOCKER-USER -j DROP'],
    [out, true, 'FORWARD -i br-lan -m comment --comment "a -j ACCEPT" -j REJECT --reject-with x'],
    [out, true, 'FORWARD -s 10.4.1.0/24 ! -o br-lan -m conntrack --ctstate NEW -j DROP'],
    [out, true, 'FORWARD -i br+ -j DROP'],
    [out, true, 'FORWARD -j CNI-FORWARD', 'FORWARD -j DROP'],
    [published, true, 'FORWARD -o br-lan -p tcp -m multiport --dports 80,81 -j DROP'],
    [out, true, 'FORWARD -j NFQUEUE --queue-num 5'],
    [out, true, 'FORWARD -i br-lan -j NFQUEUE --queue-balance 4:7'],
    [out, false, 'FORWARD -j NFQUEUE --queue-balance 0:3', 'FORWARD -j DROP'],
    [out, false, 'FORWARD -j NFQUEUE --queue-num 5 --queue-bypass'],
    [nat, true, 'FORWARD -i br-lan -j CT --zone 7'],
    [nat, false, 'FORWARD -j CT --zone 7'],
    [nat, false, 'FORWARD -i br-lan -j CT --zone-orig 7'],
    [{ ...out, admitted: true }, false, 'FORWARD -j CNI-FORWARD', 'FORWARD -j DROP'],
    [out, false, 'FORWARD -m mark --mark 0x1000000/0x1000000 -j ACCEPT', 'FORWARD -j DROP'],
    [out, false, 'FORWARD -j DOCKER-USER', 'DOCKER-USER -j RETURN', 'DOCKER-USER -j DROP'],
    [out, false, 'DOCKER-USER -j DROP', 'FORWARD -i docker0 -j DROP'],
    [out, false, 'FORWARD -m set --match-set bad src -j DROP', 'FORWARD ! -i br-lan -j DROP'],
    [published, false, 'FORWARD -i eth0 ! -s 192.168.0.0/16 -j DROP'],
    [published, false, 'FORWARD -m conntrack --ctstate RELATED,DNAT -j ACCEPT', 'FORWARD -j DROP'],
  ])('%j is dropped (%j): %j', (packet, isDropped, ...rules) => {
    const found = filterTables('iptables', saved(...rules)).map((table) =>
      droppedBy(withUnreadQueues(table, ['2']), 'FORWARD', packet),
    )
    expect(found.some((each) => each !== undefined)).toBe(isDropped)
  })

  it('is for packets of its family', () => {
    const [table] = filterTables('ip6tables', saved('FORWARD -i br-lan -j DROP'))
    expect(table && droppedBy(table, 'FORWARD', { ...out, family: 6 })).toMatchObject({
      ...{ chain: 'FORWARD', rule: { line: '-A FORWARD -i br-lan -j DROP' } },
    })
    expect(table && droppedBy(table, 'FORWARD', out)).toBeUndefined()
  })
})
