import type { ConfList } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { attachmentChains } from './chain-names.ts'
import { attachmentLeftovers, networkLeftovers, sharedLeftovers } from './leftovers.ts'
import { parseRules } from './rules.ts'
import { networkRulesReady, sharedRulesReady } from './shared-rules.ts'

const [masq, dnat] = attachmentChains('bridge', 'cnitool-9cbb48fd12acc83a7355')
const nat = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:CNI-DN-f0d9648d76acffccaddef - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:CNI-HOSTPORT-MASQ - [0:0]
:CNI-HOSTPORT-SETMARK - [0:0]
:CNI-f0d9648d76acffccaddefa0b - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
-A POSTROUTING -s 10.4.0.3/32 -m comment --comment "name: \\"bridge\\" id: \\"cnitool-9cbb48fd12acc83a7355\\"" -j CNI-f0d9648d76acffccaddefa0b
-A CNI-DN-f0d9648d76acffccaddef -s 10.4.0.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK
-A CNI-DN-f0d9648d76acffccaddef -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.4.0.3:80
-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"bridge\\" id: \\"cnitool-9cbb48fd12acc83a7355\\"" -m multiport --dports 8080 -j CNI-DN-f0d9648d76acffccaddef
-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
-A CNI-f0d9648d76acffccaddefa0b -d 10.4.0.0/24 -m comment --comment "x -j CNI-HOSTPORT-DNAT" -j ACCEPT
COMMIT
`
const filter = `*filter
:FORWARD ACCEPT [0:0]
:CNI-ADMIN - [0:0]
:CNI-FORWARD - [0:0]
:CNI-ISOLATION-STAGE-1 - [0:0]
:CNI-ISOLATION-STAGE-2 - [0:0]
-A FORWARD -m comment --comment "CNI firewall plugin rules (ingressPolicy: same-bridge)" -j CNI-ISOLATION-STAGE-1
-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
-A CNI-FORWARD -m comment --comment "CNI firewall plugin admin overrides" -j CNI-ADMIN
-A CNI-ISOLATION-STAGE-1 -i nerdctl0 ! -o nerdctl0 -m comment --comment "x" -j CNI-ISOLATION-STAGE-2
-A CNI-ISOLATION-STAGE-1 -m comment --comment "x" -j RETURN
-A CNI-ISOLATION-STAGE-2 -o nerdctl0 -m comment --comment "x" -j DROP
-A CNI-ISOLATION-STAGE-2 -m comment --comment "x" -j RETURN
COMMIT
`

it('the chains of an attachment have the names that the plugins give them', () => {
  expect([masq, dnat]).toEqual(['CNI-f0d9648d76acffccaddefa0b', 'CNI-DN-f0d9648d76acffccaddef'])
  expect(attachmentChains('test', '1234')[0]).toBe('CNI-2bbe0c48b91a7d1b8a6753a8')
})

it('parseRules reads tables, chains and rules in order', () => {
  const tables = parseRules(nat + filter)
  expect(tables.map(({ name, chains, rules }) => [name, chains.length, rules.length])).toEqual([
    ['nat', 8, 10],
    ['filter', 5, 7],
  ])
})

describe('attachmentLeftovers', () => {
  it('takes out the chains of the attachment and the jumps to them, in one transaction', () => {
    const text = attachmentLeftovers(nat + filter, 'bridge', 'cnitool-9cbb48fd12acc83a7355')
    expect(text).toBe(`*nat
-D POSTROUTING -s 10.4.0.3/32 -m comment --comment "name: \\"bridge\\" id: \\"cnitool-9cbb48fd12acc83a7355\\"" -j CNI-f0d9648d76acffccaddefa0b
-D CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"bridge\\" id: \\"cnitool-9cbb48fd12acc83a7355\\"" -m multiport --dports 8080 -j CNI-DN-f0d9648d76acffccaddef
-F CNI-DN-f0d9648d76acffccaddef
-F CNI-f0d9648d76acffccaddefa0b
-X CNI-DN-f0d9648d76acffccaddef
-X CNI-f0d9648d76acffccaddefa0b
COMMIT
`)
  })

  it('finds nothing of another container', () => {
    expect(attachmentLeftovers(nat + filter, 'bridge', 'other')).toBe('')
  })
})

describe('networkLeftovers', () => {
  it('takes out the isolation of the bridge', () => {
    expect(networkLeftovers(nat + filter, 'nerdctl0')).toBe(`*filter
-D CNI-ISOLATION-STAGE-1 -i nerdctl0 ! -o nerdctl0 -m comment --comment "x" -j CNI-ISOLATION-STAGE-2
-D CNI-ISOLATION-STAGE-2 -o nerdctl0 -m comment --comment "x" -j DROP
COMMIT
`)
  })

  it('leaves another bridge alone', () => {
    expect(networkLeftovers(filter, 'nerdctl')).toBe('')
  })
})

describe('sharedLeftovers', () => {
  const bare = (text: string) =>
    text
      .split('\n')
      .filter((line) => !/nerdctl0|CNI-DN|CNI-f0d/.test(line))
      .join('\n')

  it('keeps the chains while a container or a network needs them', () => {
    expect(sharedLeftovers(nat)).toBe('')
    expect(sharedLeftovers(filter)).toMatch(/-X CNI-FORWARD/)
    expect(sharedLeftovers(filter)).not.toMatch(/ISOLATION/)
  })

  it('takes out chains that nothing needs any more, with the jumps to them', () => {
    const text = sharedLeftovers(bare(nat) + bare(filter))
    expect(text.match(/^-[DX] .*/gm)).toEqual([
      '-D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
      '-D OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
      '-D POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
      '-X CNI-HOSTPORT-DNAT',
      '-X CNI-HOSTPORT-MASQ',
      '-X CNI-HOSTPORT-SETMARK',
      '-D FORWARD -m comment --comment "CNI firewall plugin rules (ingressPolicy: same-bridge)" -j CNI-ISOLATION-STAGE-1',
      '-D FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD',
      '-X CNI-ADMIN',
      '-X CNI-FORWARD',
      '-X CNI-ISOLATION-STAGE-1',
      '-X CNI-ISOLATION-STAGE-2',
    ])
  })

  it("keeps an administrator's rule", () => {
    const admin = bare(filter).replace('COMMIT', '-A CNI-ADMIN -s 192.0.2.1/32 -j DROP\nCOMMIT')
    expect(sharedLeftovers(admin)).not.toMatch(/CNI-ADMIN|CNI-FORWARD/)
  })
})

describe('sharedRulesReady and networkRulesReady', () => {
  const plugin = (text: string) => ({ type: JSON.parse(text).type, capabilities: {}, text })
  const list = (bridge: string): ConfList => ({
    name: 'n',
    cniVersion: '1.0.0',
    disableCheck: false,
    disableGc: false,
    loadOnlyInlinedPlugins: false,
    text: '',
    plugins: [
      plugin(`{"type":"bridge","bridge":"${bridge}"}`),
      plugin('{"type":"portmap"}'),
      plugin('{"type":"firewall","ingressPolicy":"same-bridge"}'),
    ],
  })

  it.each([
    ['all is there', nat + filter, 'nerdctl0', true, true],
    ['the isolation of another bridge is missing', nat + filter, 'br-other', true, false],
    ['nothing is there', '', 'nerdctl0', false, false],
    ['only the port chains are missing, and no port is published', filter, 'nerdctl0', false, true],
    ['only the port chains are missing, and a port is published', filter, 'nerdctl0', true, false],
  ])('%s', (_, saved, bridge, ports, ready) => {
    const own = networkRulesReady(saved, list(bridge))
    expect(sharedRulesReady(saved, list(bridge), ports) && own).toBe(ready)
  })

  it.each([
    '-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
    '-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE',
    '-A CNI-ISOLATION-STAGE-1 -m comment --comment "x" -j RETURN',
    '-A CNI-ISOLATION-STAGE-2 -m comment --comment "x" -j RETURN',
    '-A CNI-FORWARD -m comment --comment "CNI firewall plugin admin overrides" -j CNI-ADMIN',
  ])('waits while a plugin that runs has not made %s yet', (rule) => {
    const saved = (nat + filter).replace(rule, '')
    expect(saved).not.toBe(nat + filter)
    expect(sharedRulesReady(saved, list('nerdctl0'), true)).toBe(false)
  })
})
