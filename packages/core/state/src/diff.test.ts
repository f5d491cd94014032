import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type Change,
  carrierOf,
  diff,
  invert,
  keyOf,
  type Owned,
  type Owner,
  type Resource,
  removedAlone,
  type State,
} from './index.ts'
import { carriersOf } from './key.ts'

const web: Owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const lan: Owner = { kind: 'network', network: 'lan' }

const veth: Resource = {
  kind: 'link',
  place: 'container',
  name: 'eth0',
  type: { name: 'veth', hostName: 'veth1', hostMac: '02:00:00:00:00:01', bridge: 'br0' },
  up: true,
}
const br0: Resource = {
  kind: 'link',
  place: 'host',
  name: 'br0',
  type: { name: 'bridge' },
  up: true,
}
const port: Resource = { kind: 'bridge port', link: 'veth1', hairpin: true, isolated: false }
const address: Resource = {
  kind: 'address',
  place: 'container',
  link: 'eth0',
  address: '10.4.0.2',
  prefixLength: 24,
}
const route: Resource = {
  kind: 'route',
  place: 'container',
  link: 'eth0',
  destination: '0.0.0.0/0',
  gateway: '10.4.0.1',
}
const forwarding: Resource = {
  kind: 'sysctl',
  place: 'host',
  key: 'net/ipv4/ip_forward',
  value: '1',
}
const published: Resource = {
  kind: 'publish',
  protocol: 'tcp',
  hostPort: 8080,
  address: '10.4.0.2',
  port: 80,
}

function of(owner: Owner, ...resources: readonly Resource[]): State {
  return resources.map((resource) => ({ resource, owner }))
}

function told(changes: readonly Change[]): readonly string[] {
  return changes.map((each) => {
    const { resource } = each.kind === 'remove' ? each.from : each.to
    return `${each.kind} ${keyOf(resource)}`
  })
}

it('makes come in an order in which what is used exists before', () => {
  const desired = of(web, published, route, address, port, veth, br0, forwarding)
  expect(told(diff(desired, []))).toEqual([
    'make link host br0',
    'make link container eth0',
    'make bridge port veth1',
    'make sysctl host net/ipv4/ip_forward',
    'make address container eth0 10.4.0.2/24',
    'make route container eth0 0.0.0.0/0 10.4.0.1 0 254',
    'make publish tcp 0.0.0.0 8080',
  ])
})

it('what goes with a link is not removed by itself', () => {
  const observed = of(web, veth, port, address, route, published)
  expect(told(diff([], observed))).toEqual([
    'remove publish tcp 0.0.0.0 8080',
    'remove link container eth0',
  ])
})

it('a setting is not removed, and another value of it is altered', () => {
  const off = { ...forwarding, value: '0' } as Resource
  expect(diff([], of(lan, forwarding))).toEqual([])
  expect(told(diff(of(lan, forwarding), of(lan, off)))).toEqual([
    'alter sysctl host net/ipv4/ip_forward',
  ])
})

it('a setting of several numbers is as wanted whatever the space between them, which the kernel prints as tabs', () => {
  const setting = (value: string): Resource => ({ ...forwarding, value }) as Resource
  const changes = (wanted: string, found: string) =>
    told(diff(of(web, setting(wanted)), of(web, setting(found))))
  expect(changes('1024  65000', '1024\t65000')).toEqual([])
  expect(changes(' reno cubic ', 'reno cubic')).toEqual([])
  expect(changes('1024 65000', '102465000')).toHaveLength(1)
})

it('a port that leads elsewhere is removed and made', () => {
  const elsewhere = { ...published, address: '10.4.0.9' } as Resource
  expect(told(diff(of(web, published), of(web, elsewhere)))).toEqual([
    'remove publish tcp 0.0.0.0 8080',
    'make publish tcp 0.0.0.0 8080',
  ])
})

it('a link that is down is altered, one on another bridge is made anew with all that it carries', () => {
  const down = { ...veth, up: false } as Resource
  expect(told(diff(of(web, veth), of(web, down)))).toEqual(['alter link container eth0'])
  const quiet = { ...veth, linkLocal: false } as Resource
  const chatty = { ...veth, linkLocal: true } as Resource
  expect(told(diff(of(web, quiet), of(web, chatty)))).toEqual(['alter link container eth0'])
  const moved = { ...veth, type: { ...veth.type, bridge: 'br9' } } as Resource
  expect(told(diff(of(web, veth, address), of(web, moved, address)))).toEqual([
    'remove link container eth0',
    'make link container eth0',
    'make address container eth0 10.4.0.2/24',
  ])
})

it('the inverse of makes and alterations is in reverse, and a removal has none', () => {
  const off = { ...forwarding, value: '0' } as Resource
  const done = [
    ...diff(of(web, forwarding), of(web, off)),
    ...diff(of(web, published), []),
    ...diff([], of(web, address)),
  ]
  expect(told(invert(done))).toEqual([
    'remove publish tcp 0.0.0.0 8080',
    'alter sysctl host net/ipv4/ip_forward',
  ])
})

it('what a network has is not undone: another attachment may use it by now', () => {
  const off = { ...forwarding, value: '0' } as Resource
  const done = [...diff(of(lan, br0, forwarding), of(lan, off)), ...diff(of(web, veth), [])]
  expect(told(invert(done))).toEqual(['remove link container eth0'])
})

const all: readonly Resource[] = [
  br0,
  veth,
  port,
  address,
  route,
  forwarding,
  published,
  { ...forwarding, value: '0' },
  { ...published, address: '10.4.0.9' },
  { ...veth, up: false },
  { ...veth, type: { ...veth.type, bridge: 'br9' } } as Resource,
  { kind: 'masquerade', subnet: '10.4.0.0/24' },
  { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/24'] },
  { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/24', 'fd00::/64'] },
]

const anyState = fc
  .subarray([...all], { minLength: 0 })
  .map((resources) => [...new Map(resources.map((each) => [keyOf(each), each])).values()])
  .map((resources) => of(web, ...resources))

// What a kernel would do: a link takes with it what it carries.
function applied(state: State, changes: readonly Change[]): State {
  let now = state
  for (const change of changes) {
    const key = keyOf((change.kind === 'make' ? change.to : change.from).resource)
    if (change.kind === 'make') now = now.concat(change.to)
    else if (change.kind === 'alter')
      now = now.map((each) => (keyOf(each.resource) === key ? change.to : each))
    else {
      const gone = new Set([key, ...carriersOf(change.from.resource)])
      now = now.filter(
        ({ resource }) => keyOf(resource) !== key && !gone.has(carrierOf(resource) ?? ''),
      )
    }
  }
  return now
}

function settings(state: State): State {
  return state.filter(({ resource }) =>
    ['sysctl', 'bridge port', 'link settings'].includes(resource.kind),
  )
}

it('for any two states the changes lead from one to the other, and then there is nothing to do', () => {
  fc.assert(
    fc.property(anyState, anyState, (desired, observed) => {
      const after = applied(observed, diff(desired, observed))
      const kept = settings(after).filter(
        (each: Owned) => !desired.some((one) => keyOf(one.resource) === keyOf(each.resource)),
      )
      const without = after.filter((each) => !kept.includes(each))
      expect(new Set(without.map((each) => JSON.stringify(each.resource)))).toEqual(
        new Set(desired.map((each) => JSON.stringify(each.resource))),
      )
      expect(diff(desired, without)).toEqual([])
    }),
  )
})

it('an undo of what was made leads back', () => {
  fc.assert(
    fc.property(anyState, (desired) => {
      const changes = diff(desired, [])
      expect(applied(applied([], changes), invert(changes))).toEqual([])
    }),
  )
})

it('what a removal looks at leads to the same changes as all of it', () => {
  expect(removedAlone(of(web, veth, port, address, published, forwarding))).toEqual(
    of(web, veth, published),
  )
  fc.assert(
    fc.property(anyState, (observed) => {
      expect(diff([], removedAlone(observed))).toEqual(diff([], observed))
    }),
  )
})
