import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

const tools = `
import { spawnSync } from 'node:child_process'
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const owned = (resource) => ({ owner, resource })
const link = (name, type) => owned({ kind: 'link', place: 'host', name, type, up: true })
const kernel = netlinkKernel({ zoneRecords: '/run/vethra/firewalld' })
const made = (...all) => kernel.apply('', all.map((to) => ({ kind: 'make', to })))
const tc = (command) => JSON.parse(spawnSync('tc', ['-j', ...command.split(' ')], { encoding: 'utf8' }).stdout)
const say = (value) => console.log(JSON.stringify(value))
`

it('limits are what tc(8) lists, observed as they were wanted, changed, and removed', () => {
  const said = inHost(
    `${tools}
    const ifb = link('bwp1', { name: 'ifb' })
    const into = owned({ kind: 'qdisc', link: 'p', does: { rate: 1000000, burst: 100001 } })
    const out = owned({ kind: 'qdisc', link: 'bwp1', does: { rate: 12500000000, burst: 3000000 } })
    const led = owned({ kind: 'qdisc', link: 'p', does: { redirect: 'bwp1' } })
    const all = [ifb, into, out, led]
    const { failed } = await made(...all)
    const faster = owned({ kind: 'qdisc', link: 'p', does: { rate: 2000000, burst: 100001 } })
    const seen = await kernel.observe('', all)
    const listed = tc('qdisc show dev p')
    const [filter] = tc('filter show dev p ingress').flatMap(({ options }) => options?.actions ?? [])
    await kernel.apply('', [{ kind: 'alter', from: into, to: faster }])
    const [altered] = tc('qdisc show dev p')
    const gone = await kernel.apply('', [led, faster, ifb].map((from) => ({ kind: 'remove', from })))
    say([failed?.error.message ?? 'made', seen, all, listed.map(({ kind, options }) => [kind, options.rate, options.burst]), filter.to_dev, altered.options.rate, gone.failed ?? 'gone', (await kernel.observe('', all)).length])`,
    'ip link add p type veth peer name q && ip link set p up && ip link set q up',
  )
  const [failed, seen, all, listed, target, rate, gone, left] = said as readonly unknown[]
  expect(failed).toBe('made')
  expect(seen).toMatchObject(all as object[])
  expect(listed).toEqual([
    // tc(8) rounds down what the kernel keeps in ticks.
    ['tbf', 1_000_000, 100_000],
    ['ingress', null, null],
  ])
  expect([target, rate, gone, left]).toEqual(['bwp1', 2_000_000, 'gone', 0])
})

it('limits of some subnets are classes of htb, observed as they were wanted, changed, and removed', () => {
  const said = inHost(
    `${tools}
    const limit = (subnets, spares, rate = 1000000) =>
      owned({ kind: 'qdisc', link: 'p', does: { rate, burst: 100001, subnets, spares } })
    const all = owned({ kind: 'qdisc', link: 'p', does: { rate: 1000000, burst: 100001 } })
    const subnets = ['10.0.0.0/8', 'fd00:db8:abcd:1234:e000::/68', '0.0.0.0/0', '192.0.2.7/32']
    const tried = []
    for (const one of [limit(subnets, true), limit(subnets, false), limit(['::/0'], false)]) {
      const { failed } = await made(one)
      const [seen] = await kernel.observe('', [one])
      const classes = spawnSync('tc', ['class', 'show', 'dev', 'p'], { encoding: 'utf8' }).stdout.match(/htb \\S+ root prio 0 rate \\S+/g)
      const gone = await kernel.apply('', [{ kind: 'remove', from: one }])
      tried.push([failed?.error.message, JSON.stringify(seen.resource.does) === JSON.stringify(one.resource.does), classes, gone.failed?.error.message])
    }
    await made(limit(subnets, true))
    const [other] = await kernel.observe('', [all])
    const [less] = await kernel.observe('', [limit(subnets.slice(1), true)])
    const [flow] = tc('filter show dev p parent 1:').flatMap(({ options }) => options?.flowid ?? [])
    const { failed } = await kernel.apply('', [{ kind: 'remove', from: limit(subnets, true) }, { kind: 'make', to: all }])
    say([tried, other.resource.does.spares, less.resource.does.subnets.length, flow, failed?.error.message, tc('qdisc show dev p')[0].kind])`,
    'ip link add p type veth peer name q && ip link set p up && ip link set q up',
  )
  const classes = expect.arrayContaining([
    'htb 1:30 root prio 0 rate 8Mbit',
    'htb 1:1 root prio 0 rate 800Gbit',
  ])
  const good = [null, true, classes, null]
  expect(said).toEqual([[good, good, good], true, 4, '1:1', null, 'tbf'])
})
