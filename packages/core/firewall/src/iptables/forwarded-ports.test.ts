import { describe, expect, it } from 'vitest'
import { forwardedPorts } from './forwarded-ports.ts'

const saved = (...rules: readonly string[]): string => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:CNI-DN-x - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"lan\\" -j DOCKER" -m multiport --dports 80,443 -j CNI-DN-x
${rules.join('\n')}
COMMIT
*filter
-A FORWARD -p tcp -m tcp --dport 99 -j ACCEPT
COMMIT
`

describe('forwardedPorts', () => {
  it.each([
    [
      '-A CNI-DN-x -d 192.168.1.141/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.4.0.3:8080',
      [['tcp', '192.168.1.141', 80, 80, 'CNI-DN-x', '10.4.0.3:8080']],
    ],
    [
      '-A DOCKER ! -i docker0 -p udp -m udp --dport 53 -j DNAT --to-destination 172.17.0.2:53',
      [['udp', '', 53, 53, 'DOCKER', '172.17.0.2:53']],
    ],
    [
      '-A PREROUTING -p tcp -m multiport --dports 80,8000:8009 -j REDIRECT --to-ports 15001',
      [
        ['tcp', '', 80, 80, 'PREROUTING', '15001'],
        ['tcp', '', 8000, 8009, 'PREROUTING', '15001'],
      ],
    ],
    [
      '-A OUTPUT -d fd00::/8 -p tcp -m tcp --dport 7 -m comment --comment "--dport 9" -j DNAT --to-destination [fd00::2]:7',
      [['tcp', 'fd00::/8', 7, 7, 'OUTPUT', '[fd00::2]:7']],
    ],
    ['-A LEFT-BEHIND -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.4.0.3:80', []],
    ['-A PREROUTING -d 10.96.0.1/32 -p tcp -j DNAT --to-destination 10.4.0.3:443', []],
    ['-A PREROUTING -p tcp -m tcp --dport 80 -j ACCEPT', []],
  ])('%s', (rule, expected) => {
    const found = forwardedPorts(saved(rule))
    expect(
      found.map(({ protocol, address, first, last, chain, to }) => [
        protocol,
        address,
        first,
        last,
        chain,
        to,
      ]),
    ).toEqual(expected)
  })

  it('leaves out chains that the caller knows', () => {
    const rule = '-A CNI-DN-x -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.4.0.3:80'
    expect(forwardedPorts(saved(rule))).toHaveLength(1)
    expect(forwardedPorts(saved(rule), ['CNI-DN-x'])).toEqual([])
  })
})
