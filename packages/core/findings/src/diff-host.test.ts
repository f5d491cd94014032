import { present } from '@vethra/cni'
import { readNftTable } from '@vethra/firewall'
import { describe, expect, it } from 'vitest'
import { onFirewall } from '../test/sample-change.ts'
import { healthyWorld } from '../test/sample-host.ts'
import { nothingDesired, nothingObserved, ourNetwork } from '../test/sample-states.ts'
import {
  type DesiredAttachment,
  type DesiredState,
  diff,
  type ObservedHost,
  type ObservedState,
} from './index.ts'

const attached = healthyWorld(1)
const refusing = readNftTable(
  'inet site',
  '\tchain c {\n\t\ttype filter hook forward priority 0; policy drop;\n\t}',
)
const found = (desired: DesiredState, observed: ObservedState) =>
  diff(desired, observed).map(({ kind, severity }) => `${kind} ${severity}`)
const withHost = (host: Partial<ObservedHost>): ObservedState => ({
  ...attached.observed,
  host: { ...attached.observed.host, ...host },
})

describe("the host's own faults", () => {
  const program = { name: 'bridge', versions: ['0.4.0', '1.0.0'] }
  const own = { isOwn: true, mode: 0o700 }
  const folder = { path: '/var/lib/vethra', lasting: true }
  const veth = { name: 'veth', option: 'CONFIG_VETH', module: 'veth' } as const
  it.each<[string, Partial<ObservedHost>, readonly string[]]>([
    ['it does not forward', { forwards: { 4: false, 6: false } }, ['forwarding-off error']],
    ['it does not say whether it forwards', { forwards: {} }, []],
    [
      'all connections are tracked',
      { tracked: { count: 96, most: 100 } },
      ['connections-full warning'],
    ],
    ['more can be tracked', { tracked: { count: 94, most: 100 } }, []],
    ['a plugin is there', { programs: [program] }, []],
    [
      'a plugin is too old',
      { programs: [{ ...program, versions: ['0.2.0'] }] },
      ['plugin-old error'],
    ],
    [
      'a plugin is missing',
      { programs: [{ name: 'bridge', fault: 'x' }] },
      ['plugin-missing error'],
    ],
    ['a plugin that nobody needs is missing', { programs: [{ name: 'vrf', fault: 'x' }] }, []],
    [
      'veth is missing',
      { features: [{ ...veth, state: 'missing' }] },
      ['kernel-feature-missing error'],
    ],
    ['veth is loaded at first use', { features: [{ ...veth, state: 'loadable' }] }, []],
    ['nothing tells whether veth is there', { features: [{ ...veth, state: 'unknown' }] }, []],
    [
      'a feature that nobody needs is missing',
      { features: [{ name: 'VRF', option: 'CONFIG_NET_VRF', module: 'vrf', state: 'missing' }] },
      [],
    ],
    ['rules of the other iptables', { hiddenRules: ['x'] }, ['iptables-mixed warning']],
    ['a table that iptables cannot read', { unreadableRules: ['x'] }, ['rules-unreadable error']],
    ['RootlessKit does not answer', { kitFault: 'x' }, ['rootlesskit-silent error']],
    ['something cannot be looked at', { unknown: ['x'] }, ['facts-unknown info']],
    ['ufw is active', { firewallManagers: ['ufw'] }, ['firewall-managed info']],
    ['state of ours alone', { folders: [{ ...folder, fileSystem: 'ext4', access: own }] }, []],
    [
      'state that all may write',
      { folders: [{ ...folder, fileSystem: 'ext4', access: { ...own, mode: 0o777 } }] },
      ['folder-open error'],
    ],
    [
      'state of another user',
      { folders: [{ ...folder, fileSystem: 'ext4', access: { ...own, isOwn: false } }] },
      ['folder-open error'],
    ],
    [
      'state that nothing can be written to',
      { folders: [{ ...folder, fileSystem: 'ext4', access: { ...own, isReadOnly: true } }] },
      ['folder-read-only error'],
    ],
    [
      'state is gone under containers whose ports are held',
      { folders: [{ ...folder, fileSystem: 'ext4', isGone: true }] },
      ['folder-lost error'],
    ],
    ['state on a disk', { folders: [{ ...folder, fileSystem: 'ext4' }] }, []],
    [
      'state in memory',
      { folders: [{ ...folder, fileSystem: 'tmpfs' }] },
      ['wrong-file-system warning'],
    ],
    [
      'state on a network',
      { folders: [{ ...folder, fileSystem: 'nfs' }] },
      ['wrong-file-system error'],
    ],
    [
      'locks on a disk',
      { folders: [{ path: '/run/vethra', lasting: false, fileSystem: 'ext4' }] },
      ['wrong-file-system warning'],
    ],
    [
      'locks in memory',
      { folders: [{ path: '/run/vethra', lasting: false, fileSystem: 'tmpfs' }] },
      [],
    ],
  ])('%s', (_, host, kinds) => {
    expect(found(attached.desired, withHost(host))).toEqual(kinds)
  })

  it('a network of ours whose ports hang at ::1 is told, and one of others is not', () => {
    const found = (ours: boolean) => {
      const networks = [{ ...ourNetwork, ours, hangsAtLoopback: true }]
      return diff({ ...nothingDesired, networks }, nothingObserved).map(({ kind }) => kind)
    }
    expect(found(true)).toEqual(['loopback-unanswered'])
    expect(found(false)).toEqual([])
  })

  it.each([
    [true, true, ['settings-changed restore-bridge']],
    [true, undefined, []],
    [undefined, true, []],
  ] as const)(
    'a bridge keeps 127.0.0.1 to itself, ports that answer there: %j, so set: %j',
    (keepsLocal, answersLocally, kinds) => {
      const { desired, observed } = healthyWorld(1)
      const attachments = desired.attachments.map((each) => ({
        ...each,
        ...present({ answersLocally }),
      }))
      const links = observed.links.map((each) => ({ ...each, ...present({ keepsLocal }) }))
      const found = diff({ ...desired, attachments }, { ...observed, links })
      expect(found.map(({ kind, repair }) => `${kind} ${repair?.kind}`)).toEqual(kinds)
    },
  )

  it('an interface that forwards nothing from other hosts is told, and so is a queue that holds packets back', () => {
    const { desired, observed } = attached
    const up = { name: 'eth0.7', bridge: false, up: true, addresses: ['192.0.2.1/24'] }
    const told = (links: ObservedState['links']) =>
      diff(desired, { ...observed, links }).map(({ kind, fix }) => `${kind}: ${fix}`)
    expect(told([...observed.links, { ...up, forwards: false }])).toEqual([
      'forwarding-off: sysctl -w net.ipv4.conf.eth0/7.forwarding=1',
    ])
    expect(told(observed.links.map((each) => ({ ...each, shapedBy: 'netem' })))).toEqual(
      expect.arrayContaining(
        ['br-lan', 'veth0'].map((name) => `interface-shaped: tc qdisc delete dev ${name} root`),
      ),
    )
    expect(
      diff(nothingDesired, { ...nothingObserved, links: [{ ...up, forwards: false }] }),
    ).toEqual([])
  })

  it('folders with the same fault are one finding', () => {
    const folders = ['/a', '/b'].map((path) => ({ path, lasting: true, fileSystem: 'tmpfs' }))
    const [only, ...others] = diff(nothingDesired, {
      ...nothingObserved,
      host: { ...nothingObserved.host, folders },
    })
    expect(only?.subject.name).toBe('/a, /b')
    expect(others).toEqual([])
  })

  it('forwarding may be off, and firewalls may do as they like, while nothing is made for containers', () => {
    const host = {
      forwards: { 4: false },
      firewallManagers: ['ufw'],
      hiddenRules: ['x'],
      tables: [refusing],
      unreadableRules: ['x'],
    }
    expect(
      found(nothingDesired, { ...nothingObserved, host: { ...nothingObserved.host, ...host } }),
    ).toEqual([])
  })

  it('a host that has no iptables can attach to no network that needs rules', () => {
    const observed = { ...attached.observed, firewall: [] }
    expect(found(attached.desired, observed)).toEqual(['iptables-missing error'])
    expect(
      found({ ...nothingDesired, networks: [{ ...ourNetwork, filtered: false }] }, observed),
    ).not.toContain('iptables-missing error')
    const native = attached.desired.networks.map((each) => ({ ...each, programs: [] }))
    expect(found({ ...attached.desired, networks: native }, observed)).toEqual([])
  })

  it('isolation between containers of one bridge needs br_netfilter', () => {
    const desired = {
      ...nothingDesired,
      networks: [{ ...ourNetwork, isolation: 'isolated' as const, programs: ['firewall'] }],
    }
    expect(found(desired, nothingObserved)).toEqual(['bridge-filter-off warning'])
    const host = { ...nothingObserved.host, filtersBridges: true }
    expect(found(desired, { ...nothingObserved, host })).toEqual([])
  })

  it.each<[string, DesiredAttachment['inTable'], readonly string[]]>([
    ['not where the bridge itself sees to it', ['isolation'], []],
    ['where a program does', [], ['bridge-filter-off warning']],
  ])('%s', (_, inTable, kinds) => {
    const { desired, observed } = healthyWorld(1)
    const apart = { isolation: 'isolated' as const, inTable }
    const state = {
      ...desired,
      networks: desired.networks.map((each) => ({ ...each, ...apart, programs: [] })),
      attachments: desired.attachments.map((each) => ({ ...each, ...apart })),
    }
    const told = found(state, observed).filter((kind) => kind.startsWith('bridge-filter'))
    expect(told).toEqual(kinds)
  })

  it('where firewalld is, rules that its zone stands for are not missed', () => {
    const world = onFirewall(attached, (firewall) => ({
      ...firewall,
      admitted: new Set<string>(),
      isolation: new Map(),
    }))
    const sources = world.desired.attachments.flatMap(({ addresses }) =>
      addresses.map(({ address }) => `${address}/32`),
    )
    const host = {
      ...world.observed.host,
      firewallManagers: ['firewalld'],
      firewalldSources: sources,
    }
    const managed = ['firewall-managed info']
    expect(found(world.desired, { ...world.observed, host })).toEqual(managed)
    const subnet = { ...host, firewalldSources: ['10.4.0.0/16'] }
    expect(found(world.desired, { ...world.observed, host: subnet })).toEqual(managed)
    const reloaded = { ...host, firewalldSources: [] }
    expect(found(world.desired, { ...world.observed, host: reloaded })).toContain(
      'forwarding-missing error',
    )
  })

  it('a time that has not come yet is told, and no reason to keep an address for ever', () => {
    const [reservation] = attached.observed.reservations
    const ahead = {
      ...reservation?.reservation,
      address: '10.4.1.77',
      containerId: 'x',
      sinceMs: 9e9,
    }
    const observed = {
      ...attached.observed,
      reservations: [
        ...attached.observed.reservations,
        { network: 'lan', dataDir: '/var/lib/cni/networks', reservation: ahead },
      ],
    }
    expect(found(attached.desired, observed)).toEqual([
      'reservation-dead error',
      'clock-jumped warning',
    ])
  })
})

describe('subnets', () => {
  const other = { ...ourNetwork, name: 'other', bridge: 'br-other', file: '/other' }
  const routed = (prefix: string) => ({
    ...attached.observed,
    routes: [...attached.observed.routes, { prefix, device: 'tun0' }],
  })

  it.each([
    ['10.4.1.128/25', ['subnet-collides error']],
    ['10.4.1.0/24', ['subnet-collides error']],
    ['10.0.0.0/8', ['subnet-collides warning']],
    ['10.4.2.0/24', []],
    ['0.0.0.0/0', []],
  ])('a route to %s', (prefix, kinds) => {
    expect(found(attached.desired, routed(prefix))).toEqual(kinds)
  })

  it('nothing is attached, and nothing is lost yet', () => {
    const desired = { ...nothingDesired, networks: [ourNetwork] }
    expect(
      found(desired, { ...nothingObserved, routes: [{ prefix: '10.4.1.0/25', device: 'tun0' }] }),
    ).toEqual(['subnet-collides warning'])
  })

  it('what is on the bridge itself is its own', () => {
    const routes = [
      { prefix: '10.4.1.0/24', device: 'br-lan' },
      { prefix: '10.4.1.2/32', device: 'veth0' },
    ]
    expect(found(attached.desired, { ...attached.observed, routes })).toEqual([])
  })

  it.each([
    [['10.4.1.0/25'], ['subnet-collides warning']],
    [['10.4.2.0/24'], []],
  ])('another network has %j', (subnets, kinds) => {
    const desired = {
      ...attached.desired,
      networks: [...attached.desired.networks, { ...other, subnets }],
    }
    expect(found(desired, attached.observed)).toEqual(kinds)
  })
})
