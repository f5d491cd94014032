import type { Resource } from '@vethra/state'
import { expect, it } from 'vitest'
import { healthyWorld } from '../test/sample-host.ts'
import { diff } from './index.ts'
import type { MissingResource } from './observed-state.ts'

const attachment = { network: 'lan', containerId: 'default-c0', ifname: 'eth0' }
const on = { place: 'container', link: 'eth0' } as const
const lacking = (resource: Resource): MissingResource => ({
  attachment,
  due: { kind: 'make', to: { owner: { kind: 'attachment', ...attachment }, resource } },
})
const address = lacking({ kind: 'address', ...on, address: '10.4.1.2', prefixLength: 24 })
const route = lacking({ kind: 'route', ...on, destination: '0.0.0.0/0', gateway: '10.4.1.1' })
const link = lacking({ kind: 'link settings', ...on, up: true })

function told(inside: readonly MissingResource[]) {
  const { desired, observed } = healthyWorld(1)
  return diff(desired, { ...observed, inside }).map(({ kind, severity, evidence, repair }) => ({
    ...{ kind, severity, lines: evidence.length },
    restores: repair?.kind === 'restore-inside' ? repair.desired.length : 0,
  }))
}

it.each([
  ['an address and a route are lost: both come back when it is asked for', [address, route], 2],
  ['an interface that is not there may have another name: nothing is made', [link, address], 0],
])('%s', (_, inside, restores) => {
  const known = { kind: 'inside-changed', severity: 'warning' }
  expect(told(inside)).toEqual([{ ...known, lines: inside.length, restores }])
})

it('an address that somebody gave a bridge is left alone', () => {
  const { desired, observed } = healthyWorld(1)
  const links = observed.links.map((each) =>
    each.bridge ? { ...each, addresses: [...each.addresses, '192.168.7.1/24'] } : each,
  )
  expect(diff(desired, { ...observed, links })).toEqual([])
})
