import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

const program = `
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
import { spawnSync } from 'node:child_process'
const kernel = netlinkKernel({ zoneRecords: '/run/vethra/firewalld' })
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const type = { name: 'veth', hostName: 'veth1', hostMac: '02:00:00:00:00:01', bridge: 'br0' }
const veth = { kind: 'link', place: 'container', name: 'eth0', type, up: true, mac: '02:00:00:00:00:02' }
const address = (address) => ({ kind: 'address', place: 'container', link: 'eth0', address, prefixLength: 64, asksFirst: true })
const add = (text) => kernel.apply('/run/netns/t', [veth, address(text)].map((resource) => ({ kind: 'make', to: { owner, resource } })))
const inside = () => spawnSync('ip', ['-n', 't', '-o', 'addr', 'show', 'scope', 'global'], { encoding: 'utf8' }).stdout
const taken = await add('fd00::1')
await kernel.apply('/run/netns/t', [{ kind: 'remove', from: { owner, resource: veth } }])
const free = await add('fd00::2')
console.log(JSON.stringify({ taken, message: taken.failed?.error.message, free, inside: inside() }))
`

it('an address of IPv6 that asks first is usable at the end, and one that another host has is refused', () => {
  const { taken, message, free, inside } = inHost(
    program,
    'ip link add br0 type bridge && ip addr add fd00::1/64 dev br0 nodad && ip link set br0 up',
  ) as Record<'taken' | 'free', { done: unknown[]; failed?: object }> &
    Record<'message' | 'inside', string>
  expect(taken.failed).toMatchObject({
    change: { to: { resource: { address: 'fd00::1' } } },
    error: { code: 5, hint: expect.any(String) },
  })
  expect(message).toContain('another host of the link has fd00::1')
  expect(taken.done).toHaveLength(2)
  expect(free.failed).toBeUndefined()
  expect(inside).toContain('fd00::2/64')
  expect(inside).not.toContain('tentative')
})
