import { expect, it } from 'vitest'
import { healthyWorld } from '../test/sample-host.ts'
import type { DesiredNetwork } from './desired-state.ts'
import { diff } from './diff.ts'

it.each<readonly [string, Partial<DesiredNetwork>, readonly string[]]>([
  ['another bridge', { bridge: 'br-new' }, ['bridge br-lan']],
  ['another subnet', { subnets: ['10.9.0.0/24'] }, ['address 10.4.1.2']],
  ['both', { bridge: 'br-new', subnets: ['10.9.0.0/24'] }, ['bridge br-lan and address 10.4.1.2']],
  ['a subnet of another family', { subnets: ['fd00::/64'] }, []],
  ['a second subnet', { subnets: ['10.9.0.0/24', '10.4.1.0/24'] }, []],
  ['no subnet', { subnets: [] }, []],
])('a conf list that was changed under its containers: %s', (_, change, was) => {
  const { desired, observed } = healthyWorld(1)
  const networks = desired.networks.map((each) => ({ ...each, ...change }))
  const found = diff({ ...desired, networks }, observed)
  expect(
    found.flatMap(({ kind, evidence }) => (kind === 'network-changed' ? evidence : [])),
  ).toEqual(was.map((each) => `container default-c0 was attached with ${each}`))
})

it.each([
  ['10.0.0.0/8', '', []],
  [
    '10.0.0.0/8',
    'tun0',
    ['warning vethra network rm lan && vethra network create lan --subnet ANOTHER'],
  ],
  ['10.4.1.0/24', '', ['error ip route delete 10.4.1.0/24']],
  ['10.4.1.2/32', '', ['error ip route delete 10.4.1.2/32']],
  ['10.4.1.1/32', 'tun0', ['error ip route delete 10.4.1.1/32 dev tun0']],
])('a route for %s by "%s" hides the network: %j', (prefix, device, told) => {
  const { desired, observed } = healthyWorld(1)
  const routes = [...observed.routes, { prefix, device }]
  const found = diff(desired, { ...observed, routes })
  expect(found.map(({ severity, fix }) => `${severity} ${fix}`)).toEqual(told)
})

it("a bridge of ours that was renamed is in nobody's way: it gets its name back", () => {
  const { desired, observed } = healthyWorld(1)
  const links = observed.links.map((each) =>
    each.name === 'br-lan' ? { ...each, name: 'br-gone', mac: '02:00:00:00:00:0b' } : each,
  )
  const attachments = desired.attachments.map((each) => ({
    ...each,
    ...(each.bridge ? { bridge: { ...each.bridge, mac: '02:00:00:00:00:0b' } } : {}),
  }))
  const kinds = diff({ ...desired, attachments }, { ...observed, links }).map(({ kind }) => kind)
  expect(kinds).toContain('bridge-missing')
  expect(kinds).not.toContain('subnet-collides')
})

it.each([
  ['10.4.1.1/32', 'ip address delete 10.4.1.1/32 dev tun0'],
  ['10.4.1.9/24', 'vethra network rm lan && vethra network create lan --subnet ANOTHER'],
])(
  'an address of the host in the subnet, %s: what has a subnet may be how the host is reached',
  (address, fix) => {
    const { desired, observed } = healthyWorld(1)
    const links = [
      ...observed.links,
      { name: 'tun0', bridge: false, up: true, addresses: [address] },
    ]
    expect(diff(desired, { ...observed, links }).map((each) => each.fix)).toEqual([fix])
  },
)
