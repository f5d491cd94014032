import { type FilterTable, filterTables, readNftTable } from '@vethra/firewall'
import { describe, expect, it } from 'vitest'
import { healthyWorld } from '../test/sample-host.ts'
import { diff } from './index.ts'

const { desired, observed } = healthyWorld(2)
const [first] = desired.attachments
const bridge = first?.bridge?.name ?? ''
const address = first?.addresses[0]?.address ?? ''
const port = first?.ports[0]
const native = desired.attachments.map((each) => ({
  ...{ ...each, admitted: false, inTable: ['admission'] as const },
}))

const told = (tables: readonly FilterTable[], attachments = desired.attachments) =>
  diff({ ...desired, attachments }, { ...observed, host: { ...observed.host, tables } }).map(
    ({ kind, fix = '' }) => `${kind}: ${fix}`,
  )
const nft = (hook: string, priority: number, rule: string) =>
  readNftTable(
    'inet site',
    `table inet site {\n\tchain c {\n\t\ttype filter hook ${hook} priority ${priority}; policy accept;\n\t\t${rule} # handle 3\n\t}\n}`,
  )
const fix = ['rules-refusing: nft delete rule inet site c handle 3']

describe('rules of others', () => {
  it.each<[string, number, string, boolean]>([
    ['forward', 0, 'drop', true],
    ['forward', 0, `ip saddr ${address} drop`, true],
    ['forward', 0, `oifname "${bridge}" ct state established drop`, true],
    ['forward', 0, `iifname "${bridge}" oifname "${bridge}" drop`, false],
    ['prerouting', -300, `iifname "${bridge}" drop`, true],
    ['prerouting', -300, 'ct state new drop', false],
    ['prerouting', -150, `tcp dport ${port?.hostPort} drop`, true],
    ['prerouting', -150, `tcp dport ${port?.containerPort} drop`, false],
    ['postrouting', 0, `oifname "${bridge}" drop`, true],
    ['postrouting', 150, 'ip saddr 10.0.0.0/8 drop', false],
    ['input', 0, 'drop', false],
  ])('at %s, priority %i, "%s" is told: %j', (hook, priority, rule, isTold) => {
    expect(port?.hostPort).not.toBe(port?.containerPort)
    expect(told([nft(hook, priority, rule)])).toEqual(isTold ? fix : [])
  })

  it('are told once a chain, for a thousand containers, and for those that a table of ours admits', () => {
    expect(told([nft('forward', 0, 'drop')], native)).toEqual(fix)
    const saved = '*filter\n-A FORWARD -i br+ -m comment --comment "a; b" -j DROP\nCOMMIT\n'
    expect(told(filterTables('iptables', saved), native)).toEqual([
      "rules-refusing: iptables -t filter -D FORWARD -i br+ -m comment --comment 'a; b' -j DROP",
    ])
  })

  it('behind the rule that accepts our mark are none', () => {
    const saved =
      '*filter\n-A FORWARD -m mark --mark 0x1000000/0x1000000 -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n'
    expect(told(filterTables('iptables', saved), native)).toEqual([])
  })
})
