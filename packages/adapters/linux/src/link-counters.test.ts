import { beforeEach, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'

beforeEach((context) => context.skip(needsRoot !== undefined, needsRoot))

it('linkCounters tells octets by interface, and whose port it is', () => {
  const commands = `
    ip link add br0 type bridge
    ip link add v0 type veth peer name v1
    ip link set v0 master br0 up
    ip link set v1 up
    ip link set lo up
    busybox ping -c 1 -s 1000 127.0.0.1 >&2`
  const found = inNamespace(commands, 'return host.linkCounters()') as {
    name: string
    master?: string
    receivedBytes: number
    sentBytes: number
  }[]
  const named = (name: string) => found.find((each) => each.name === name)
  expect(named('v0')).toMatchObject({ master: 'br0' })
  expect(named('v1')).not.toHaveProperty('master')
  // A request and its answer, both on the loopback.
  expect(named('lo')?.receivedBytes).toBeGreaterThan(2000)
  expect(named('lo')?.sentBytes).toBe(named('lo')?.receivedBytes)
})
