import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

const kernel = `
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
import { spawnSync } from 'node:child_process'
const kernel = netlinkKernel({ zoneRecords: '/run/vethra/firewalld' })
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const type = { name: 'veth', hostName: 'veth1', hostMac: '02:00:00:00:00:01', bridge: 'br0' }
const veth = { kind: 'link', place: 'container', name: 'eth0', type, up: true, mac: '02:00:00:00:00:02' }
const address = (address) => ({ kind: 'address', place: 'container', link: 'eth0', address, prefixLength: 64 })
`

const asking = `${kernel}
const add = (text) => kernel.apply('/run/netns/t', [veth, { ...address(text), asksFirst: true }].map((resource) => ({ kind: 'make', to: { owner, resource } })))
const inside = () => spawnSync('ip', ['-n', 't', '-o', 'addr', 'show', 'scope', 'global'], { encoding: 'utf8' }).stdout
const taken = await add('fd00::1')
await kernel.apply('/run/netns/t', [{ kind: 'remove', from: { owner, resource: veth } }])
const free = await add('fd00::2')
console.log(JSON.stringify({ taken, message: taken.failed?.error.message, free, inside: inside() }))
`

it('an address of IPv6 that asks first is usable at the end, and one that another host has is refused', () => {
  const { taken, message, free, inside } = inHost(
    asking,
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

const many = `${kernel}
import { looking } from '${import.meta.dirname}/looking.ts'
import { openSession } from '${import.meta.dirname}/session.ts'
const make = (...resources) => kernel.apply('/run/netns/t', resources.map((resource) => ({ kind: 'make', to: { owner, resource } })))
await make(veth)
const session = openSession('/run/netns/t')
const deaf = []
for (let at = 1; at <= 60; at += 1)
  for (const [place, link] of [['host', 'br0'], ['container', 'eth0']]) {
    const text = 'fd00::' + place.length + ':' + at
    await make({ ...address(text), place, link })
    if (!looking(session, []).routes(place).get(text + '/128')?.some(({ table }) => table === 255)) deaf.push(text)
  }
console.log(JSON.stringify(deaf))
`

it('an address of IPv6 that does not ask takes packets as soon as it is made', () => {
  expect(inHost(many, 'ip link add br0 type bridge && ip link set br0 up')).toEqual([])
})
