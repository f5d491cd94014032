import type { State } from '@vethra/state'
import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

// A session whose answers to transactions can be taken away, and whose table can be deleted in between.
const tools = `
import { spawnSync } from 'node:child_process'
import { applyChanges } from '${import.meta.dirname}/apply.ts'
import { looking } from '${import.meta.dirname}/looking.ts'
import { observeExpected as observeIn } from '${import.meta.dirname}/../observed/observe-expected.ts'
import { openSession } from '${import.meta.dirname}/session.ts'

const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const network = { kind: 'network', network: 'lan' }
const admit = { owner: network, resource: { kind: 'admit', bridge: 'br-t', subnets: ['10.4.0.0/24', '10.4.1.0/24', 'fd00:4::/64'] } }
const publish = (hostPort, address = '10.4.0.2') => ({ owner, resource: { kind: 'publish', protocol: 'tcp', hostPort, address, port: 80 } })
const made = (...all) => all.map((to) => ({ kind: 'make', to }))
const removed = (...all) => all.map((from) => ({ kind: 'remove', from }))
const sh = (script) => spawnSync('sh', ['-ec', script], { encoding: 'utf8' }).stdout
const isBatch = ([first]) => first?.type === 0x10
// The first of many transactions: \`before\` runs just ahead of it, \`instead\` answers for it.
function with_(session, { before = () => {}, instead }) {
  let is = true
  return {
    ...session,
    netfilter: (messages) => {
      if (!is || !isBatch(messages)) return session.netfilter(messages)
      is = false
      before()
      return instead?.() ?? session.netfilter(messages)
    },
  }
}
const session = openSession('')
const applied = (outcome) => outcome.failed?.error.message ?? outcome.done.length
const observeExpected = (session, expected) => observeIn(looking(session, expected), expected)
const table = () => sh('nft list table inet vethra')
const say = (value) => console.log(JSON.stringify(value))
`

it.each([
  ['ERESTART', 85],
  ['EBUSY', 16],
  ['EINTR', 4],
  ['EAGAIN', 11],
])('a transaction that is refused with %s once is sent again', (_, errno) => {
  const said = inHost(`${tools}
    const refusal = { sequence: 0, errno: ${errno}, text: '' }
    const instead = () => ({ messages: [], refusals: [refusal], interrupted: false, lost: false, first: 0 })
    const outcome = applyChanges(with_(session, { instead }), made(admit, publish(8080)))
    say([applied(outcome), table().includes('8080')])`)
  expect(said).toEqual([2, true])
})

it('a transaction whose answers were lost is sent again, and told when they are lost each time', () => {
  const said = inHost(`${tools}
    const lost = () => ({ messages: [], refusals: [], interrupted: false, lost: true, first: 0 })
    const once = applyChanges(with_(session, { instead: lost }), made(admit, publish(8080)))
    const always = { ...session, netfilter: (messages) => (isBatch(messages) ? lost() : session.netfilter(messages)) }
    say([applied(once), table().includes('8080'), applied(applyChanges(always, made(publish(8081))))])`)
  expect(said).toEqual([2, true, expect.stringContaining('ENOBUFS')])
})

it('a table that is deleted before the transaction is made again, and one element that went is not missed', () => {
  const said = inHost(`${tools}
    applyChanges(session, made(admit, publish(8080), publish(8081)))
    const before = () => sh('nft delete table inet vethra')
    const deleted = applyChanges(with_(session, { before }), made(publish(8082)))
    const remade = table()
    applyChanges(session, made(publish(8080), publish(8081)))
    const gone = () => sh('nft delete element inet vethra p4 "{ tcp . 8080 }"')
    const removal = applyChanges(with_(session, { before: gone }), removed(publish(8080), publish(8081)))
    sh('nft delete table inet vethra')
    const without = applyChanges(session, removed(publish(8082)))
    say([applied(deleted), remade.includes('chain dnat4'), remade.includes('8082'), applied(removal), applied(without), table()])`)
  expect(said).toEqual([1, true, true, 2, 1, ''])
})

it.each([
  ['another program changes its table', `before: () => sh('nft add table ip others')`],
  [
    'its answers are lost',
    `instead: () => ({ messages: [], refusals: [], interrupted: false, lost: true, first: 0 })`,
  ],
])('a table that lost a hook is filled again although %s meanwhile', (_, how) => {
  const said = inHost(`${tools}
    const { fillTable, isTableWhole } = await import('${import.meta.dirname}/fill-table.ts')
    applyChanges(session, made(admit, publish(8080)))
    const before = table()
    sh('nft flush chain inet vethra guard; nft delete chain inet vethra guard; nft add chain inet vethra guard')
    const wasWhole = isTableWhole(session)
    fillTable(with_(session, { ${how} }))
    say([wasWhole, isTableWhole(session), table() === before])`)
  expect(said).toEqual([false, true, true])
})

it('a port that another took between looking and acting is refused, and it is the one that is named', () => {
  const said = inHost(`${tools}
    const ports = Array.from({ length: 900 }, (_, at) => publish(9000 + at))
    applyChanges(session, made(admit, publish(9777, '10.4.0.9')))
    say([applied(applyChanges(session, made(...ports)))])`)
  expect(said).toEqual([expect.stringContaining('publish tcp 0.0.0.0 9777 for web')])
})

it('a table of an older version is made again with what it holds, and what changed meanwhile is kept', () => {
  const said = inHost(`${tools}
    const ports = Array.from({ length: 900 }, (_, at) => publish(9000 + at))
    const udp = { owner, resource: { ...publish(53).resource, protocol: 'udp', hostAddress: '192.0.2.1' } }
    applyChanges(session, made(admit, { owner: network, resource: { kind: 'masquerade', subnet: '10.4.0.0/24' } }, udp, ...ports))
    const current = table()
    const old = current.replace(/comment "made by vethra, [0-9]+"/, 'comment "made by vethra, 0"')
    require('node:fs').writeFileSync('/run/old.nft', 'delete table inet vethra\\n' + old.replace('chain guard {', 'chain stale { type filter hook forward priority 5; policy drop; }\\nchain guard {'))
    sh('nft -f /run/old.nft')
    const isOld = table().includes('chain stale')
    const before = () => sh('nft add element inet vethra p4 "{ tcp . 7000 comment \\\\"vethra lan other eth0\\\\" : 10.4.0.7 . 80 }"')
    const upgraded = applyChanges(with_(session, { before }), made(publish(8080)))
    sh('nft delete element inet vethra p4 "{ tcp . 7000, tcp . 8080 }"')
    say([isOld, applied(upgraded), table() === current])`)
  expect(said).toEqual([true, 1, true])
})

it.each(['made by vethra, 99', 'something else'])(
  'a table with the comment %j is refused by name, and left as it is',
  (comment) => {
    const said = inHost(
      `${tools}
      const outcome = applyChanges(session, made(admit))
      const removal = applyChanges(session, removed(admit)).failed?.error.code ?? 'removed'
      say([outcome.failed?.error.code, outcome.failed?.error.message, table(), outcome.done.length, removal])`,
      `nft 'add table inet vethra { comment "${comment}"; }'`,
    )
    const text = expect.stringContaining('table inet vethra')
    // In one of another program is nothing of ours.
    const removal = comment.startsWith('made') ? 5 : 'removed'
    expect(said).toEqual([5, text, expect.not.stringContaining('chain'), 0, removal])
  },
)

it.each([
  ['iptables-nft', '-P FORWARD DROP'],
  ['iptables-nft', '-A FORWARD -j REJECT --reject-with icmp-host-prohibited'],
  ['iptables-nft', '-A FORWARD -j DROP'],
  ['iptables-legacy', '-P FORWARD DROP'],
  ['iptables-legacy', '-A FORWARD -j REJECT'],
])(
  '%s %s gets one rule for our mark, again when it was flushed, and loses it with the last network, though another command made it, too',
  (program, drops) => {
    const said = inHost(
      `${tools}
      const rules = () => sh('${program} -S FORWARD').split('\\n').filter((line) => line.includes('mark'))
      const other = { owner: network, resource: { ...admit.resource, bridge: 'br-u', subnets: ['10.5.0.0/24'] } }
      const seen = []
      applyChanges(session, made(admit))
      applyChanges(session, made(other))
      seen.push(rules())
      sh('${program} -F FORWARD; ${program} ${drops}')
      seen.push(observeExpected(session, [admit]).length)
      applyChanges(session, made(admit))
      seen.push(rules().length, observeExpected(session, [admit]).length)
      applyChanges(session, removed(admit))
      seen.push(rules().length)
      sh('${program} ' + rules()[0])
      applyChanges(session, removed(other))
      seen.push(rules().length)
      say(seen)`,
      `${program} ${drops}`,
    )
    expect(said).toEqual([
      ['-A FORWARD -m mark --mark 0x1000000/0x1000000 -j ACCEPT'],
      0,
      1,
      1,
      1,
      0,
    ])
  },
)

it('what a network has is found by its marks, and removed without touching another', () => {
  const said = inHost(`${tools}
    const { effectsIn } = await import('${import.meta.dirname}/effects.ts')
    const effectsOf = (of, name) => effectsIn(of).filter((each) => each.owner.network === name)
    const other = { kind: 'network', network: 'wan' }
    const isolate = (owner, from) => ({ owner, resource: { kind: 'isolate', bridge: 'br-t', from } })
    const masquerade = (owner, subnet) => ({ owner, resource: { kind: 'masquerade', subnet } })
    const six = { owner, resource: { ...publish(80, 'fd00:4::2').resource, hostAddress: '2001:db8::1', protocol: 'sctp' } }
    const lan = [admit, masquerade(network, '10.4.0.0/24'), masquerade(network, 'fd00:4::/64'), isolate(network, 'apart'), isolate(network, 'internal'), publish(8080), six]
    const wan = [{ owner: other, resource: { kind: 'admit', bridge: 'br-u', subnets: ['10.4.2.0/23', '255.255.255.254/31'] } }, masquerade(other, '10.4.2.0/23')]
    applyChanges(session, made(...wan))
    const before = table()
    applyChanges(session, made(...lan))
    const found = effectsOf(session, 'lan')
    applyChanges(session, removed(...found))
    say([found, table() === before, effectsOf(session, 'wan'), [lan, wan]])`) as [
    State,
    boolean,
    State,
    [State, State],
  ]
  const [found, isAsBefore, others, [lan, wan]] = said
  expect(found).toHaveLength(lan.length)
  expect(found).toEqual(expect.arrayContaining([...lan]))
  expect(isAsBefore).toBe(true)
  expect(others).toEqual(expect.arrayContaining([...wan]))
})

it('a subnet that overlaps one of another network in part is refused by both their names, under bun and Node', () => {
  const said = inHost(`${tools}
    const { programKernel } = await import('${import.meta.dirname}/../programs/program-kernel.ts')
    const side = { owner: { kind: 'network', network: 'side' }, resource: { kind: 'admit', bridge: 'br-s', subnets: ['10.4.0.0/16'] } }
    const first = applied(applyChanges(session, made(admit)))
    const outcomes = [applyChanges(session, made(side)), await programKernel({ zoneRecords: '/run/zones' }).apply('', made(side))]
    say([first, ...outcomes.map(({ failed }) => [failed?.error.code, failed?.error.message])])`)
  const named = expect.stringMatching(/10\.4\.0\.0\/16 .*10\.4\.[01]\.0\/24 of network lan/)
  expect(said).toEqual([1, [102, named], [102, named]])
})
