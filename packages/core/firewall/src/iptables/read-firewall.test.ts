import { describe, expect, it } from 'vitest'
import { masqueradingRules } from './masquerading-rules.ts'
import { ownerOf, readFirewall } from './read-firewall.ts'

const id = 'cnitool-9cbb48fd12acc83a7355'
const comment = `-m comment --comment "name: \\"bridge\\" id: \\"${id}\\""`
const masquerading = 'CNI-f0d9648d76acffccaddefa0b'
const ports = 'CNI-DN-f0d9648d76acffccaddef'
const nat = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:${ports} - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:${masquerading} - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A POSTROUTING -s 10.4.0.3/32 ${comment} -j ${masquerading}
-A ${ports} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.4.0.3:80
-A ${ports} -p udp -m udp --dport 53 -j DNAT --to-destination 10.4.0.3:53
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"bridge\\" id: \\"${id}\\"" -m multiport --dports 8080 -j ${ports}
-A ${masquerading} -d 10.4.0.0/24 ${comment} -j ACCEPT
-A ${masquerading} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE
COMMIT
`
const filter = `*filter
:FORWARD DROP [0:0]
:CNI-FORWARD - [0:0]
-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-ISOLATION-STAGE-1
-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
-A CNI-FORWARD -d 10.4.0.3/32 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A CNI-FORWARD -s 10.4.0.3/32 -j ACCEPT
-A CNI-FORWARD -s 10.4.0.4/32 -j ACCEPT
-A CNI-ISOLATION-STAGE-1 -i br0 ! -o br0 -m comment --comment "x" -j CNI-ISOLATION-STAGE-2
-A CNI-ISOLATION-STAGE-1 -i br1 -o br1 -m comment --comment "x" -j DROP
-A CNI-ISOLATION-STAGE-1 -i br2 ! -o br2 -m comment --comment "x" -j CNI-ISOLATION-STAGE-2
-A CNI-ISOLATION-STAGE-2 -o br0 -m comment --comment "-o br2 -j DROP" -j DROP
COMMIT
`

describe('readFirewall', () => {
  const read = readFirewall({ family: 4, text: nat + filter })

  it('tells whose rules are by the comment that their mark is made of', () => {
    const rules = read.owned.get(masquerading)
    expect(rules?.masqueraded).toEqual(['10.4.0.3'])
    expect(rules && ownerOf(rules)).toEqual({ network: 'bridge', containerId: id })
    const text = nat.replaceAll('\\"bridge\\"', '\\"other\\"')
    const forged = readFirewall({ family: 4, text }).owned.get(masquerading)
    expect(forged?.claim).toEqual({ network: 'other', containerId: id })
    expect(forged && ownerOf(forged)).toBeUndefined()
  })

  it('tells whether what portmap marks is masqueraded', () => {
    const marking = nat.replace(
      'COMMIT',
      `-A ${ports} -s 10.4.0.0/24 -p tcp -j CNI-HOSTPORT-SETMARK
-A CNI-HOSTPORT-SETMARK -m comment --comment "x" -j MARK --set-xmark 0x2000/0x2000
-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A POSTROUTING -m comment --comment "x" -j CNI-HOSTPORT-MASQ
COMMIT`,
    )
    const masquerades = (text: string) => readFirewall({ family: 4, text }).masqueradesMarked
    expect([masquerades(nat), masquerades(marking)]).toEqual([true, true])
    const lost = [
      /-A POSTROUTING .*MASQ\n/,
      /-A CNI-HOSTPORT-MASQ.*\n/,
      /-A CNI-HOSTPORT-SETMARK.*\n/,
    ]
    expect(lost.map((each) => masquerades(marking.replace(each, '')))).toEqual([
      false,
      false,
      false,
    ])
  })

  it('names the rules that drop in the chain of firewall', () => {
    const [drop, reject] = ['-A CNI-FORWARD -j DROP', '-A CNI-FORWARD -i br0 -j REJECT']
    const text = filter.replace('COMMIT', `${drop}\n${reject}\n-A OTHER -j DROP\nCOMMIT`)
    expect(readFirewall({ family: 4, text }).dropping).toEqual([drop, reject])
  })

  it("names a rule that drops everything in the administrator's chain, and no other", () => {
    const jump = filter.match(/^-A FORWARD .*-j CNI-FORWARD$/m)?.[0] ?? ''
    const before = ['-A CNI-ADMIN -j REJECT --reject-with icmp-port-unreachable']
    const others = ['-A FORWARD -j DROP', '-A CNI-ADMIN -s 10.9.9.9/32 -j DROP']
    const text = filter.replace(jump, [...before, ...others, jump, '-A FORWARD -j DROP'].join('\n'))
    expect(readFirewall({ family: 4, text }).dropping).toEqual(before)
  })

  it('counts only ports that what is sent to the host comes to', () => {
    expect(read.publishes).toBe(true)
    expect(read.owned.get(ports)?.published).toEqual([
      { protocol: 'tcp', hostPort: 8080, target: '10.4.0.3:80' },
    ])
    const unreached = nat.replace(/-A OUTPUT.*\n/, '')
    expect(readFirewall({ family: 4, text: unreached }).publishes).toBe(false)
  })

  it('tells which ports rules of others lead elsewhere, and none of CNI plugins', () => {
    expect(read.ledByOthers).toBeUndefined()
    const docker = [
      '*nat',
      ':DOCKER - [0:0]',
      '-A PREROUTING -j DOCKER',
      '-A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
      'COMMIT\n',
    ]
    expect(readFirewall({ family: 4, text: docker.join('\n') }).ledByOthers).toMatchObject([
      { protocol: 'tcp', first: 8080, last: 8080, chain: 'DOCKER', to: '172.17.0.2:80' },
    ])
  })

  it('counts an address as admitted when both directions are, and the chain is entered', () => {
    expect([...read.admitted]).toEqual(['10.4.0.3'])
    const unentered = filter.replace(/.*-j CNI-FORWARD\n/, '')
    expect(readFirewall({ family: 4, text: unentered }).admitted.size).toBe(0)
  })

  it('tells how bridges are isolated, whatever comments say', () => {
    expect([...read.isolation]).toEqual([
      ['br0', 'same-bridge'],
      ['br1', 'isolated'],
    ])
    expect(read.tables?.map(({ name }) => name)).toEqual(['filter'])
  })
})

describe('masqueradingRules', () => {
  const attachment = { network: 'bridge', containerId: id, ifname: 'eth0' }
  const text = (saved: string, addresses: readonly string[]) =>
    masqueradingRules({ family: 4, text: saved }, [{ ...attachment, addresses }])

  it('are those of the plugin where nothing is left', () => {
    expect(text('', ['10.4.0.3/24'])).toBe(`*nat
:${masquerading} - [0:0]
-F ${masquerading}
-A ${masquerading} -d 10.4.0.3/24 ${comment} -j ACCEPT
-A ${masquerading} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE
-A POSTROUTING -s 10.4.0.3/32 ${comment} -j ${masquerading}
COMMIT
`)
  })

  it('are none where all are there', () => {
    expect(text(nat, ['10.4.0.3/24'])).toBe('')
  })

  it('keep the jump that is there when the chain was emptied', () => {
    const emptied = nat.replaceAll(new RegExp(`-A ${masquerading} .*\\n`, 'g'), '')
    expect(text(emptied, ['10.4.0.3/24'])).not.toMatch(/POSTROUTING/)
    expect(text(emptied, ['10.4.0.3/24'])).toMatch(/MASQUERADE/)
  })

  it('of a second interface in the network come before what masquerades the rest', () => {
    expect(text(nat, ['10.4.0.3/24', '10.4.0.9/24'])).toBe(`*nat
-I ${masquerading} 1 -d 10.4.0.9/24 ${comment} -j ACCEPT
-A POSTROUTING -s 10.4.0.9/32 ${comment} -j ${masquerading}
COMMIT
`)
  })
})
