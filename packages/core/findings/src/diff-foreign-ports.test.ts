import { expect, it } from 'vitest'
import { onFirewall } from '../test/sample-change.ts'
import { healthyWorld, type World } from '../test/sample-host.ts'
import { diff, portLead } from './index.ts'
import type { ObservedAttachment, ObservedState } from './observed-state.ts'

const end = '10.4.1.77:80'
const theirs: ObservedAttachment = {
  ...{ network: 'lan', containerId: 'p1', ifname: 'eth0', netns: '/run/netns/p1' },
  ...{ recorded: false, recordDamaged: false, outdated: false, remembered: true },
  ...{ restorable: false, ours: false, state: 'unknown', pod: 'k8s://shop/web' },
  published: [{ protocol: 'tcp', hostPort: 8101, ends: [end] }],
}

const found = (
  { desired, observed }: World,
  change: Partial<ObservedAttachment> = {},
  leads: ObservedState['table']['leads'] = new Set(),
  whose: ObservedAttachment = theirs,
) =>
  diff(desired, {
    ...observed,
    attachments: [...observed.attachments, { ...whose, ...change }],
    table: { ...observed.table, ...(leads ? { leads } : {}) },
  }).filter(({ kind }) => kind === 'ports-closed')

const byIptables = (target: string) =>
  onFirewall(healthyWorld(1), (each) => ({
    ...each,
    owned: new Map([
      ...each.owned,
      [
        'CNI-DN-x',
        {
          ...{ mark: 'CNI-DN-x', masqueraded: [], lines: [] },
          published: [{ protocol: 'tcp', hostPort: 8101, target }],
        },
      ],
    ]),
  }))

it('a port of a pod that no rule leads to it is told, with the pod, and is nobody of ours to mend', () => {
  const [only, ...others] = found(healthyWorld(1))
  expect(others).toEqual([])
  expect(only).toMatchObject({ severity: 'warning', ours: false })
  expect(only).not.toHaveProperty('repair')
  expect(only?.message).toContain('k8s://shop/web')
  expect(only?.evidence).toEqual([`no rule sends tcp port 8101 to ${end}`])
})

it('nor is one of ours that portmap published by nftables as a program', () => {
  const { pod: _, ...container } = theirs
  const ours = { ...container, ours: true, recorded: true, byNft: true } as const
  const [only] = found(healthyWorld(1), ours, new Set(), container)
  expect(only).toMatchObject({ severity: 'warning', ours: true, fix: 'stop and start it' })
  expect(only).not.toHaveProperty('repair')
})

it('one that a rule of iptables, or of table inet vethra, leads to it is not', () => {
  expect(found(byIptables(end))).toEqual([])
  expect(
    found(healthyWorld(1), {}, new Set([portLead({ protocol: 'tcp', hostPort: 8101 }, end)])),
  ).toEqual([])
})

it.each<[string, ReturnType<typeof found>, number]>([
  ['a rule that leads it elsewhere', found(byIptables('10.4.1.78:80')), 1],
  [
    'a rule for another protocol',
    found(healthyWorld(1), {}, new Set([portLead({ protocol: 'udp', hostPort: 8101 }, end)])),
    1,
  ],
  ['no port', found(healthyWorld(1), { published: [] }), 0],
  ['a namespace that is gone', found(healthyWorld(1), { state: 'gone' }), 0],
])('with %s', (_what, findings, count) => {
  expect(findings).toHaveLength(count)
})

it('nothing is told where the rules could not be read', () => {
  const world = healthyWorld(1)
  const host = { ...world.observed.host, unreadableRules: ['no iptables'] }
  expect(found({ ...world, observed: { ...world.observed, host } })).toEqual([])
  expect(found({ ...world, observed: { ...world.observed, firewall: [] } })).toEqual([])
  const { table } = world.observed
  const attachments = [...world.observed.attachments, theirs]
  const kinds = diff(world.desired, { ...world.observed, attachments, table })
  expect(kinds.filter(({ kind }) => kind === 'ports-closed')).toEqual([])
})
