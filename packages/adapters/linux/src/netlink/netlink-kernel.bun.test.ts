import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

const program = `
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const network = { kind: 'network', network: 'lan' }
const state = [
  { owner: network, resource: { kind: 'link', place: 'host', name: 'br-t', type: { name: 'bridge' }, up: true, mac: '02:00:00:00:00:09' } },
  { owner: network, resource: { kind: 'address', place: 'host', link: 'br-t', address: '10.4.0.1', prefixLength: 24 } },
  { owner: network, resource: { kind: 'sysctl', place: 'host', key: 'net/ipv4/ip_forward', value: '1' } },
  { owner: network, resource: { kind: 'admit', bridge: 'br-t', subnets: ['10.4.0.0/24', 'fd00:4::/64'] } },
  { owner, resource: { kind: 'link', place: 'container', name: 'eth0', type: { name: 'veth', hostName: 'vetht', hostMac: '02:00:00:00:00:01', bridge: 'br-t' }, up: true, mac: '02:00:0a:04:00:02', linkLocal: false } },
  { owner, resource: { kind: 'bridge port', link: 'vetht', hairpin: true, isolated: false } },
  { owner, resource: { kind: 'link settings', place: 'container', link: 'lo', up: true } },
  { owner, resource: { kind: 'address', place: 'container', link: 'eth0', address: '10.4.0.2', prefixLength: 24, broadcast: '10.4.0.255' } },
  { owner, resource: { kind: 'route', place: 'container', link: 'eth0', destination: '0.0.0.0/0', gateway: '10.4.0.1' } },
  { owner, resource: { kind: 'publish', protocol: 'tcp', hostPort: 8080, address: '10.4.0.2', port: 80 } },
]
const made = (to) => ({ kind: 'make', to })
const kernel = netlinkKernel({ zoneRecords: '/run/vethra/firewalld' })
const netns = '/run/netns/t'
const applied = await kernel.apply(netns, state.map(made))
const observed = await kernel.observe(netns, state)
const twice = await kernel.apply(netns, [made(state.at(-1))])
const effects = await kernel.effects()
const own = observed.filter((each) => each.owner.kind === 'attachment')
const removed = await kernel.apply(netns, own.filter(({ resource }) => ['link', 'publish'].includes(resource.kind)).map((from) => ({ kind: 'remove', from })))
const after = await kernel.observe(netns, own)
await kernel.apply('', effects.map((from) => ({ kind: 'remove', from })))
const left = [...await kernel.effects(), ...await kernel.observe('', state.slice(3, 4))]
const facts = await kernel.facts({ links: ['br-t', 'nope'] })
const open = () => require('node:fs').readFileSync('/proc/net/netlink', 'utf8').split('\\n').map((line) => line.split(/ +/)).filter(([, protocol, port]) => protocol === '0' && port !== '0').length
const held = await kernel.holdingSockets(netns, async (one) => {
  const counts = [open()]
  await one.facts({ links: ['br-t'], inside: ['lo'] }, netns)
  counts.push(open())
  await one.observe(netns, state)
  await one.apply(netns, [made(state[6])])
  return [...counts, open()]
})
held.push(open())
const threads = (await import('node:fs')).readdirSync('/proc/self/task').map((task) => (require('node:fs')).readlinkSync('/proc/self/task/' + task + '/ns/net'))
const lines = require('node:fs').readFileSync('/proc/net/netlink', 'utf8').split('\\n').map((line) => line.split(/ +/))
const sockets = lines.filter(([, protocol, port]) => ['0', '12'].includes(protocol) && port !== '0').map(([, protocol]) => protocol)
console.log(JSON.stringify({ failed: applied.failed?.error.message, observed, twice: twice.failed?.error.code, removed: removed.failed ?? null, after, effects, left, facts, held, sockets, namespaces: new Set(threads).size }))
`

// A host of its own: network and mount namespaces, and a container's namespace below a tmpfs.
const script = `mount -t tmpfs none /run && ip link set lo up && ip netns add t && exec "$0" -`

it('what is applied is observed as it was wanted, and what is removed is gone', () => {
  const said = execFileSync('unshare', ['-n', '-m', 'sh', '-c', script, process.execPath], {
    input: program,
    encoding: 'utf8',
  })
  const {
    failed,
    observed,
    twice,
    removed,
    after,
    effects,
    left,
    facts,
    held,
    sockets,
    namespaces,
  } = JSON.parse(said)
  expect(failed).toBeUndefined()
  expect(observed.map((each: { owner: { kind: string } }) => each.owner.kind)).toEqual([
    ...Array(4).fill('network'),
    ...Array(6).fill('attachment'),
  ])
  expect(observed[4].resource).toMatchObject({
    type: { name: 'veth', hostName: 'vetht', bridge: 'br-t' },
    up: true,
    mac: '02:00:0a:04:00:02',
    linkLocal: false,
  })
  expect(observed.at(-1).resource).toMatchObject({ hostPort: 8080, address: '10.4.0.2', port: 80 })
  expect({ twice, removed }).toEqual({ twice: undefined, removed: null })
  expect(after.map((each: { resource: { kind: string } }) => each.resource.kind)).toEqual([
    'link settings',
  ])
  expect(facts.links).toEqual({
    'br-t': {
      kind: 'bridge',
      mac: '02:00:00:00:00:09',
      mtu: 1500,
      index: expect.any(Number),
      ports: 0,
      addresses: ['10.4.0.1/24'],
    },
  })
  expect(effects).toHaveLength(2)
  expect(left).toEqual([])
  // Of the host alone: the container's is in its own list.
  expect(held).toEqual([0, 1, 1, 0])
  expect({ namespaces, sockets }).toEqual({ namespaces: 1, sockets: ['12'] })
})
