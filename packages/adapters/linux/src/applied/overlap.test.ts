import type { Change, Resource, State } from '@vethra/state'
import { expect, it } from 'vitest'
import { overlapOf } from './overlap.ts'

const lan = { kind: 'network', network: 'lan' } as const
const effects: State = [
  { owner: lan, resource: { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/16', 'fd00::/48'] } },
  { owner: lan, resource: { kind: 'isolate', bridge: 'br0', from: 'apart' } },
]
const admitting = (...subnets: readonly string[]): Change => {
  const resource: Resource = { kind: 'admit', bridge: 'br1', subnets }
  return { kind: 'make', to: { owner: { kind: 'network', network: 'side' }, resource } }
}

it.each([
  ['10.4.1.0/24', '10.4.0.0/16'],
  ['10.0.0.0/8', '10.4.0.0/16'],
  ['fd00:0:0:1::/64', 'fd00::/48'],
])('subnet %s is refused beside %s, and both are named', (own, other) => {
  const error = overlapOf(admitting('192.168.0.0/24', own), effects)
  expect(error?.code).toBe(102)
  expect(error?.message).toContain(own)
  expect(error?.message).toContain(`${other} of network lan`)
})

it.each(['10.4.0.0/16', '10.5.0.0/16', 'fd01::/48'])('subnet %s is not', (own) => {
  expect(overlapOf(admitting(own), effects)).toBeUndefined()
})

it('a subnet that its own network had before is told apart from that of another network', () => {
  const { to } = admitting('10.4.1.0/24') as Extract<Change, { kind: 'make' }>
  const ofLan = overlapOf({ kind: 'make', to: { ...to, owner: lan } }, effects)
  expect(ofLan).toMatchObject({ code: 102, hint: expect.stringContaining('doctor --repair') })
  expect(ofLan?.hint).not.toBe(overlapOf({ kind: 'make', to }, effects)?.hint)
})
