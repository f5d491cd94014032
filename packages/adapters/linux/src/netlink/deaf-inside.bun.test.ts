import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

const look = `
import { spawnSync } from 'node:child_process'
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const expected = [['10.4.0.2', 24], ['fd00::2', 64]].map(([address, prefixLength]) => ({ owner, resource: { kind: 'address', place: 'container', link: 'eth0', address, prefixLength } }))
const kernel = netlinkKernel({ zoneRecords: '/run/vethra/firewalld' })
const refusals = async () => (await kernel.lookInside('/run/netns/t', 'eth0', expected)).refusals
const sh = (script) => spawnSync('sh', ['-ec', script], { encoding: 'utf8' })
const before = await refusals()
`
const end = `
const told = await refusals()
sh('ip link delete twin')
for (const each of told) sh('ip netns exec t ' + each)
const settled = 'for i in $(seq 100); do ip -n t addr show tentative | grep -q fd00 || break; sleep 0.1; done'
sh(settled)
console.log(JSON.stringify([before, told, await refusals()]))
`
// Frames reach the twin by a second pair, bridged with that of the container. Once its interface is up, the kernel makes
// no local route again by itself.
const setUp = `ip link add br0 type bridge mcast_snooping 0 && ip link set br0 up
ip link add v0 master br0 type veth peer name eth0 netns t && ip link set v0 up && ip -n t link set eth0 up
ip -n t addr add 10.4.0.2/24 dev eth0
ip link add twin type veth peer name w0 && ip link set w0 master br0 up && ip link set twin up
for i in $(seq 100); do ip -n t link show eth0 | grep -q "state UP" && break; sleep 0.1; done`

it.each([
  [
    'has lost the local route of its addresses',
    'ip -n t addr add fd00::2/64 dev eth0 nodad && ip -n t route delete table local local 10.4.0.2 dev eth0 && ip -n t -6 route delete table local local fd00::2 dev eth0',
    [
      'ip route add table local local 10.4.0.2 dev eth0',
      'ip route add table local local fd00::2 dev eth0',
    ],
  ],
  [
    'asked for an address that another host has',
    `ip addr add fd00::2/64 dev twin nodad && ip -n t addr add fd00::2/64 dev eth0; for i in $(seq 100); do ip -n t addr show dadfailed | grep -q fd00 && break; sleep 0.1; done`,
    ['ip address delete fd00::2/64 dev eth0', 'ip address add fd00::2/64 dev eth0'],
  ],
])(
  'an interface that %s takes no packets for them: the commands that mend it',
  (_, script, told) => {
    expect(inHost(`${look}sh(${JSON.stringify(script)})\n${end}`, setUp)).toEqual([[], told, []])
  },
)
