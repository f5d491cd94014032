import { expect, it } from 'vitest'
import { healthyWorld } from '../test/sample-host.ts'
import { diff, type ObservedRule } from './index.ts'

const { desired, observed } = healthyWorld(2)
const bridge = desired.attachments[0]?.bridge?.name ?? ''
const rule = (selector: string, own: Partial<ObservedRule> = {}): ObservedRule => ({
  ...{ family: 4, priority: 50, isPlain: true, refuses: true, selector, ...own },
})
const table = (own: Partial<ObservedRule>) => rule('', { refuses: false, ...own })
const usual = (family: 4 | 6) =>
  [0, 32766].map((priority) =>
    table({ family, priority, table: priority === 0 ? 'local' : 'main' }),
  )
const lan = { from: '10.4.1.0/24' }

it.each<[string, readonly ObservedRule[], readonly string[]]>([
  [
    'the subnet',
    [rule('from 10.4.1.0/24 blackhole', lan), table({ priority: 32766 })],
    ['ip rule delete pref 50 from 10.4.1.0/24 blackhole'],
  ],
  [
    'what comes by the bridge',
    [rule(`from all iif ${bridge} prohibit`, { iif: bridge })],
    [`ip rule delete pref 50 from all iif ${bridge} prohibit`],
  ],
  [
    'what is for it',
    [rule('to 10.4.1.0/24 unreachable', { to: '10.4.1.0/24' })],
    ['ip rule delete pref 50 to 10.4.1.0/24 unreachable'],
  ],
  ['what a table before it may have led away', [table(lan), rule('x', lan)], []],
  ['what a table may have', [table({ isPlain: false }), rule('x', lan)], []],
  [
    'a table of routes that refuse',
    [rule('from all lookup 77', { table: '77' })],
    ['ip rule delete pref 50 from all lookup 77'],
  ],
  [
    'a table that leads all by another interface',
    [
      rule('from all to 10.4.1.0/24 lookup 57', {
        to: '10.4.1.0/24',
        refuses: false,
        leadsBy: 'eth1',
      }),
    ],
    ['ip rule delete pref 50 from all to 10.4.1.0/24 lookup 57'],
  ],
  ['a table that leads by the bridge', [rule('x', { refuses: false, leadsBy: bridge })], []],
  [
    'a table that leads what they send by another uplink',
    [rule('x', { ...lan, refuses: false, leadsBy: 'eth1' })],
    [],
  ],
  ['what bears a mark', [rule('x', { ...lan, isPlain: false })], []],
  ['other subnets', [rule('x', { from: '10.9.0.0/24' }), rule('y', { iif: 'eth0' })], []],
  ['the subnet, where it is for one of others', [rule('x', { ...lan, to: '10.0.0.0/8' })], []],
  ['the other family', [rule('x', { family: 6 })], []],
])('a rule of the routing policy for %s', (_, rules, fixes) => {
  const [local, main, ...six] = [...usual(4), ...usual(6)]
  const all = [local, ...rules, main, ...six].flatMap((each) => each ?? [])
  const found = diff(desired, { ...observed, rules: all })
  expect(found.map(({ fix }) => fix)).toEqual(fixes)
  expect(new Set(found.map(({ kind }) => kind))).toEqual(
    new Set(fixes.map(() => 'routing-refused')),
  )
})

it('rules that look up the usual tables are missed, where their family was looked at', () => {
  const fixes = (...rules: readonly ObservedRule[]) =>
    diff(desired, { ...observed, rules }).map(({ fix }) => fix)
  expect(fixes(...usual(4), ...usual(6))).toEqual([])
  expect(fixes(...usual(4).slice(0, 1), ...usual(6).slice(1))).toEqual([
    'ip rule add pref 32766 lookup main',
    'ip -6 rule add pref 0 lookup local',
  ])
})

it.each([
  [false, ['127.0.0.1/8', '::1/128'], ['loopback-down']],
  [true, ['::1/128'], ['loopback-down']],
  [true, ['127.0.0.1/8', '::1/128'], []],
])(
  'lo that is up (%j) with addresses %j is missed where ports are published',
  (up, addresses, found) => {
    const links = [...observed.links, { name: 'lo', bridge: false, up, addresses }]
    const kinds = (attachments = desired.attachments) =>
      diff({ ...desired, attachments }, { ...observed, links }).map(({ kind }) => kind)
    expect(kinds()).toEqual(found)
    expect(kinds([])).not.toContain('loopback-down')
  },
)
