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
  ...{ ...each, mac: '02:00:00:00:00:02', admitted: false, inTable: ['admission'] as const },
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
    ['input', 0, 'drop', true],
    ['input', 0, 'ct state new drop', false],
    ['output', 0, `oifname "${bridge}" drop`, true],
    ['prerouting', -300, 'notrack', true],
    ['prerouting', -300, `iifname "${bridge}" notrack`, true],
    ['prerouting', -300, 'iifname "eth0" notrack', false],
  ])('at %s, priority %i, "%s" is told: %j', (hook, priority, rule, isTold) => {
    expect(port?.hostPort).not.toBe(port?.containerPort)
    expect(told([nft(hook, priority, rule)])).toEqual(isTold ? fix : [])
  })

  const uplink = observed.links.flatMap(({ addresses }) => addresses)[0]?.replace(/\/.*/, '')
  it.each([
    ['postrouting', 100, `ip saddr ${address} snat ip to 203.0.113.9`, true],
    ['postrouting', 90, 'oifname "eth0" snat to 203.0.113.9', true],
    ['postrouting', 90, 'meta mark 0x1 snat to 203.0.113.9', false],
    ['postrouting', 90, `ip saddr ${address} snat to ${uplink}`, false],
    ['postrouting', 90, 'snat to 203.0.113.9-203.0.113.12', false],
    ['postrouting', 101, 'snat to 203.0.113.9', false],
    ['postrouting', 90, 'ip saddr 10.99.0.0/16 snat to 203.0.113.9', false],
  ])(
    'that change a source at %s, priority %i, "%s" are told: %j',
    (hook, priority, rule, isTold) => {
      expect(told([nft(hook, priority, rule)])).toEqual(isTold ? fix : [])
    },
  )

  it.each([
    [['-s 10.0.0.0/8 -j SNAT --to-source 203.0.113.9'], 1],
    [['-s 10.0.0.0/8 -j ACCEPT'], 1],
    [['-d 10.8.0.0/24 -j ACCEPT'], 0],
    [['-s 10.0.0.0/8 -j MASQUERADE', '-j SNAT --to-source 203.0.113.9'], 0],
    [[`-s ${address}/32 -j CNI-0123456789abcdef01234567`, '-j SNAT --to-source 203.0.113.9'], 0],
  ])('of iptables that change a source, %j, are told: %j', (rules, count) => {
    const saved = ['*nat', ...rules.map((each) => `-A POSTROUTING ${each}`), 'COMMIT'].join('\n')
    expect(told(filterTables('iptables', saved), desired.attachments.slice(0, 1))).toHaveLength(
      count,
    )
  })

  it('that keep the source are no harm where our table changes it', () => {
    const saved = '*nat\n-A POSTROUTING -j ACCEPT\nCOMMIT'
    const ours = native.map((each) => ({
      ...each,
      inTable: ['admission', 'masquerading'] as const,
    }))
    expect(told(filterTables('iptables', saved), ours)).toEqual([])
  })

  const table = (name: string, hook: string, rule: string, policy = 'accept') =>
    readNftTable(
      name,
      `table ${name} {\n\tchain c {\n\t\ttype filter hook ${hook} priority 0; policy ${policy};\n\t\t${rule} # handle 3\n\t}\n}`,
    )
  it.each([
    ['forward', 'drop', true],
    ['forward', `ether saddr ${native[0]?.mac} drop`, true],
    ['forward', 'ether saddr 02:00:00:00:00:99 drop', false],
    ['forward', `obrname "${bridge}" drop`, true],
    ['input', `iifname "${first?.hostLink}" drop`, true],
    ['input', 'iifname "other0" drop', false],
    ['output', `ibrname "br-other" drop`, false],
    ['postrouting', `oifname "${first?.hostLink}" drop`, true],
  ])('of a bridge, at %s, "%s" are told: %j', (hook, rule, isTold) => {
    const kinds = told([table('bridge site', hook, rule)], native)
    expect(kinds).toEqual(isTold ? ['rules-refusing: nft delete rule bridge site c handle 3'] : [])
  })

  it('none of which accepts: the policy is told', () => {
    expect(told([table('bridge site', 'input', 'ether type arp accept', 'drop')])).toEqual([])
    expect(told([table('bridge site', 'forward', 'iifname "eth0" accept', 'drop')])).toEqual([
      "rules-refusing: nft add chain bridge site c '{ policy accept; }'",
    ])
    expect(told([table('inet site', 'input', 'iifname "lo" accept', 'drop')])).toEqual([
      `rules-refusing: nft insert rule inet site c iifname ${bridge} ct state established,related accept`,
    ])
    expect(told([table('inet site', 'input', 'ct state established accept', 'drop')])).toEqual([])
  })

  it.each([
    ['prerouting', -110, `tcp dport ${port?.hostPort} redirect to :9`, true],
    [
      'prerouting',
      -110,
      `fib daddr type local tcp dport ${port?.hostPort} dnat ip to 10.9.0.7:80`,
      true,
    ],
    ['prerouting', -150, 'meta l4proto tcp tproxy to :9999', true],
    ['output', -110, `tcp dport ${port?.hostPort} redirect to :9`, true],
    ['prerouting', -110, 'fib daddr type local dnat ip to 10.9.0.7', false],
    ['prerouting', -110, 'tcp dport 9 redirect to :8', false],
    ['prerouting', -90, `tcp dport ${port?.hostPort} redirect to :9`, false],
    ['prerouting', -110, `iifname "${bridge}" tcp dport 53 redirect to :9`, false],
  ])('that lead ports at %s, priority %i, "%s" are told: %j', (hook, priority, rule, isTold) => {
    const kinds = told([nft(hook, priority, rule)])
    expect(kinds).toEqual(
      isTold ? ['ports-led-elsewhere: nft delete rule inet site c handle 3'] : [],
    )
  })

  it('are for the address that a port is published on', () => {
    const at = (hostIp: string) =>
      desired.attachments.map((each) => ({
        ...{ ...each, ports: each.ports.map((one) => ({ ...one, hostIp })) },
      }))
    const rule = `ip daddr 192.0.2.7 tcp dport ${port?.hostPort} dnat to 10.9.0.7:80`
    const of = (hostIp: string) => told([nft('prerouting', -110, rule)], at(hostIp)).length
    expect(['', '192.0.2.7', '192.0.2.8', '0.0.0.0'].map(of)).toEqual([1, 1, 0, 1])
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

it.each([
  ['INPUT', [], [`-I INPUT -i ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`]],
  ['INPUT', ['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], []],
  ['INPUT', ['-A INPUT -p tcp -j ACCEPT'], []],
  ['OUTPUT', [], [`-I OUTPUT -o ${bridge} -j ACCEPT`]],
  ['OUTPUT', [`-A OUTPUT -o ${bridge} -j ACCEPT`], []],
])('the policy of %s, with %j: the rules that its owner must add are %j', (chain, rules, fixes) => {
  const saved = ['*filter', `:${chain} DROP [0:0]`, ...rules, 'COMMIT'].join('\n')
  expect(told(filterTables('iptables', saved))).toEqual(
    fixes.map((each) => `rules-refusing: iptables -t filter ${each}`),
  )
})

it.each([
  ['x;reboot', `'x;reboot'`, `'"x;reboot"'`],
  ["x'$(id)", `'x'\\''$(id)'`, `'"x'\\''$(id)"'`],
])('the name %s of a bridge is one word of the rules to be added', (odd, word, ofNft) => {
  const attachments = native.map((each) => ({
    ...each,
    ...(each.bridge ? { bridge: { ...each.bridge, name: odd } } : {}),
  }))
  const policies = ['INPUT', 'FORWARD', 'OUTPUT'].map((chain) => `:${chain} DROP [0:0]`)
  const byNft = ['input', 'output'].map((hook) =>
    readNftTable(
      `inet ${hook}`,
      `\tchain c {\n\t\ttype filter hook ${hook} priority 0; policy drop;\n\t}`,
    ),
  )
  const fixes = told(
    [...filterTables('iptables-legacy', ['*filter', ...policies, 'COMMIT'].join('\n')), ...byNft],
    attachments.map((each) => ({ ...each, inTable: [] })),
  ).filter((each) => / -[io] | [io]ifname /.test(each))
  const words = fixes.join(' && ').match(/ -[io] .*?(?= -)| [io]ifname .*?(?= accept| ct )/g)
  expect(new Set(words)).toEqual(
    new Set([` -i ${word}`, ` -o ${word}`, ` iifname ${ofNft}`, ` oifname ${ofNft}`]),
  )
})

describe('a policy for what is forwarded', () => {
  const chain = (priority: number, ...rules: readonly string[]) =>
    readNftTable(
      'inet site',
      `\tchain c {\n\t\ttype filter hook forward priority ${priority}; policy drop;\n\t\t${rules.join('\n\t\t')}\n\t}`,
    )
  const forward = (program: FilterTable['program'], ...rules: readonly string[]) =>
    filterTables(program, ['*filter', ':FORWARD DROP [0:0]', ...rules, 'COMMIT'].join('\n'))
  const add = (rule: string) => `nft insert rule inet site c ${rule} accept`
  const mark = 'meta mark & 0x01000000 == 0x01000000'
  const [out, answers, ports] = [
    add(`iifname ${bridge}`),
    add('ct state established,related'),
    add(`oifname ${bridge} ct status dnat`),
  ]
  const [established, fromBridge] = [
    'ct state established,related accept',
    `iifname "${bridge}" accept`,
  ]
  const toPorts = `-I FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT`
  const mine = desired.attachments
  const alone = mine.map((each) => ({ ...each, admitted: false, ports: [] }))
  const jump = '-A FORWARD -j CNI-FORWARD'

  it.each<[string, readonly FilterTable[], typeof mine, readonly string[]]>([
    ['behind our chain wants the mark', [chain(0)], native, [add(`'${mark}'`)]],
    ['that has it is none', [chain(0, `${mark} counter accept`)], native, []],
    ['before our chain sees no mark', [chain(-50)], native, [out, answers, ports]],
    ['at our priority neither', [chain(-10)], native, [out, answers, ports]],
    ['of a network by programs sees none', [chain(0, established)], mine, [out, ports]],
    [
      'whose bridge is accepted',
      [chain(0, established, fromBridge, 'ct status dnat accept')],
      mine,
      [],
    ],
    [
      'that lets it out in part',
      [chain(0, established, `iifname "${bridge}" oifname "eth0" accept`)],
      alone,
      [],
    ],
    ['with our mark by ADD', forward('iptables'), native, []],
    ['with all but ports by programs', forward('iptables', jump), mine, [`iptables ${toPorts}`]],
    ['of another family', forward('ip6tables-legacy'), mine, []],
    [
      'that its owner opens',
      forward(
        'iptables',
        jump,
        '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT',
      ),
      mine,
      [],
    ],
    [
      'that its owner opens in another chain',
      forward(
        'iptables',
        jump,
        '-A FORWARD -j DOCKER-USER',
        `-A DOCKER-USER -o ${bridge} -j ACCEPT`,
      ),
      mine,
      [],
    ],
    [
      'of the other iptables, which programs write nothing into',
      forward('iptables-legacy'),
      mine,
      [`iptables-legacy -I FORWARD -i ${bridge} -j ACCEPT`, `iptables-legacy ${toPorts}`],
    ],
    [
      'without the plugin firewall',
      forward('iptables'),
      alone,
      [`iptables -I FORWARD -i ${bridge} -j ACCEPT`, `iptables ${toPorts}`],
    ],
  ])('%s', (_, tables, attachments, rules) => {
    expect(told(tables, attachments)).toEqual(
      rules.length === 0 ? [] : [`forwarding-refused: ${rules.join(' && ')}`],
    )
  })

  it.each([
    ['drop what is no rule for', 'iifname "lo" accept', ['error']],
    ['may accept some of it', 'tcp dport 443 accept', ['warning']],
    ['may accept some of it in another chain', 'ip daddr 192.0.2.1 jump site', ['error']],
    ['may accept it by a map', 'iifname vmap { "a" : accept }', ['warning']],
  ])('whose rules %s', (_, rule, severities) => {
    const tables = [chain(0, established, rule)]
    const found = diff(
      { ...desired, attachments: alone },
      { ...observed, host: { ...observed.host, tables } },
    )
    expect(found.map(({ severity }) => severity)).toEqual(severities)
  })
})
