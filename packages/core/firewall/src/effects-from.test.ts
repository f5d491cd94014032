import type { AttachmentOwner, Effect, Owner, State } from '@vethra/state'
import { expect, it } from 'vitest'
import { effectsFrom, elementsOf } from './index.ts'

const lan: Owner = { kind: 'network', network: 'lan' }
const wan: Owner = { kind: 'network', network: 'wan' }
const web: AttachmentOwner = {
  kind: 'attachment',
  network: 'lan',
  containerId: 'web',
  ifname: 'eth0',
}

const state: State = [
  { owner: lan, resource: { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/24', 'fd00::/64'] } },
  { owner: wan, resource: { kind: 'admit', bridge: 'br1', subnets: ['10.5.0.0/24'] } },
  { owner: lan, resource: { kind: 'masquerade', subnet: 'fd00::/64' } },
  { owner: web, resource: { kind: 'published masquerade', address: 'fd00::2' } },
  { owner: lan, resource: { kind: 'isolate', bridge: 'br0', from: 'apart' } },
  { owner: lan, resource: { kind: 'isolate', bridge: 'br0', from: 'internal' } },
  { owner: lan, resource: { kind: 'isolate', bridge: 'br0', from: 'dnsonly' } },
  {
    owner: web,
    resource: {
      kind: 'publish',
      protocol: 'udp',
      hostAddress: '2001:db8::1',
      hostPort: 53,
      address: 'fd00::2',
      port: 5353,
    },
  },
]

const port = { kind: 'publish', protocol: 'tcp', address: '10.4.0.2', port: 80 } as const
const every = { hostAddress: '0.0.0.0/0', source: '0.0.0.0/0' }

it.each<[string, Effect, readonly string[]]>([
  ['a range of sources', { ...port, ...every, hostPort: 80, source: '10.0.0.7-10.0.0.9' }, ['c4']],
  ['an interface', { ...port, ...every, hostPort: 80, from: 'eth*' }, ['i4']],
  ['any other interface', { ...port, ...every, hostPort: 80, from: '!br-0' }, ['c4', 'x4']],
])('a port that is for %s alone is read back', (_, effect, names) => {
  const other = elementsOf({ ...port, ...every, hostPort: 81 }, web)
  const made = elementsOf(effect, web)
  expect(made.map(({ set }) => set)).toEqual(names)
  expect(effectsFrom([...other, ...made])[1]).toEqual({ owner: web, resource: effect })
})

it('subnets of a second network on one bridge are read back without the bridge', () => {
  const first: Effect = { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/24'] }
  const second: Effect = { kind: 'admit', bridge: 'br0', subnets: ['10.5.0.0/24', 'fd05::/64'] }
  const own = elementsOf(second, wan).filter(({ set }) => /^(nets|self)/.test(set))
  expect(effectsFrom([...elementsOf(first, lan), ...own])).toEqual([
    { owner: lan, resource: first },
    { owner: wan, resource: { ...second, bridge: '' } },
  ])
  expect(elementsOf({ ...second, bridge: '' }, wan)).toEqual(own)
})

it('effects are read back from the elements that they are made of, and nothing without a mark', () => {
  const elements = state.flatMap(({ resource, owner }) => elementsOf(resource as Effect, owner))
  const others = elements.map(({ set, element: { comment: _, ...rest } }) => ({
    set,
    element: rest,
  }))
  expect(effectsFrom([...elements, ...others])).toEqual(expect.arrayContaining([...state]))
  expect(effectsFrom([...elements, ...others])).toHaveLength(state.length)
})
