import { present } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { onFirewall } from '../test/sample-change.ts'
import { desiredAttachment, healthyWorld, ownedBy } from '../test/sample-host.ts'
import { nothingDesired, nothingObserved, ourNetwork } from '../test/sample-states.ts'
import {
  diff,
  type LostFile,
  lostFindings,
  type ObservedAttachment,
  type ObservedLink,
  type ObservedState,
  planRepairs,
} from './index.ts'

const attachment: ObservedAttachment = {
  network: 'lan',
  containerId: 'default-web',
  ifname: 'eth0',
  recorded: true,
  recordDamaged: false,
  outdated: false,
  remembered: true,
  restorable: false,
  ours: true,
  netns: '/proc/7/ns/net',
  state: 'alive',
}
const observing = (change: Partial<ObservedState>) => ({ ...nothingObserved, ...change })

it('files of one container that are lost are one repair, and those of a network one each', () => {
  const web = { what: 'nothing', namespace: 'default', id: 'web' }
  const lost = [
    { ...web, path: '/d/hosts' },
    { ...web, path: '/d/hostname' },
    { path: '/n/lock', what: 'a folder', network: 'lan' },
    { path: '/n', what: 'a file', network: 'lan', isFolder: true },
  ]
  expect(planRepairs(diff(nothingDesired, observing({ lostFiles: lost })))).toEqual([
    { kind: 'replace-file', network: 'lan', file: '/n/lock' },
    { kind: 'replace-file', network: 'lan', file: '/n', isFolder: true },
    { kind: 'restore-files', namespace: 'default', id: 'web', files: ['/d/hosts', '/d/hostname'] },
  ])
})

it('a file in place of a folder that outlives a boot may hold something: it is moved by hand', () => {
  const lost = { path: '/d/a', what: 'a file', network: '', isFolder: true }
  const found = (each: LostFile) => lostFindings([each])[0]
  expect(found({ ...lost, keep: true })).toMatchObject({ fix: 'mv /d/a /d/a.old' })
  expect(found({ ...lost, keep: true })?.repair).toBe(undefined)
  expect(found({ ...lost, what: 'a FIFO', keep: true })?.repair).toBeDefined()
  expect(found(lost)?.repair).toBeDefined()
})

describe('attachments', () => {
  it.each([
    ['gone', true, ['attachment-dead error'], 1],
    ['gone', false, ['attachment-dead warning'], 0],
    ['alive', true, [], 0],
    ['unknown', true, ['attachment-unknown warning'], 0],
  ] as const)('%s, ours: %s', (state, ours, kinds, repairs) => {
    const found = diff(nothingDesired, observing({ attachments: [{ ...attachment, state, ours }] }))
    expect(found.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(kinds)
    expect(planRepairs(found)).toHaveLength(repairs)
  })

  it('of pods are told by name and never repaired: dead ones once, and networks without a conf list', () => {
    const pod = { ...attachment, ours: false, recorded: false, pod: 'k8s://shop/web' }
    const lo = { ...pod, network: 'cni-loopback', ifname: 'lo' }
    const found = (state: 'alive' | 'gone', more: Partial<ObservedAttachment> = {}) =>
      diff(
        nothingDesired,
        observing({ attachments: [{ ...pod, ...more }, lo].map((each) => ({ ...each, state })) }),
      )
    expect(found('alive')).toEqual([])
    expect(found('gone').map(({ kind }) => kind)).toEqual(['attachment-dead'])
    expect(found('gone')[0]?.message).toContain('pod k8s://shop/web')
    const lost = { networkLost: true } as const
    expect(found('alive', lost).map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'network-missing warning',
    ])
    expect(planRepairs([...found('gone'), ...found('gone', lost)])).toEqual([])
  })

  it('in a network whose file defines another one now: it is not overwritten', () => {
    const lost = [{ ...attachment, networkLost: true as const }]
    const file = '/etc/cni/net.d/nerdctl-lan.conflist'
    const networks = [{ ...ourNetwork, name: 'other', file }]
    const found = diff({ ...nothingDesired, networks }, observing({ attachments: lost }))
    expect(found.filter(({ kind }) => kind === 'network-missing')).toMatchObject([
      { fix: expect.stringContaining(`mend ${file}`) },
    ])
    expect(planRepairs(found)).toEqual([])
  })

  it('that are gone name the addresses that they hold, and their rules by family', () => {
    const world = healthyWorld(2)
    const [one, ...others] = world.observed.attachments
    const [firewall] = world.observed.firewall
    const reservations = ['10.4.1.2', 'fd00::2'].map((address) => ({
      ...{ network: 'lan', dataDir: '/var/lib/cni/networks' },
      reservation: { address, containerId: 'default-c0', ifname: 'eth0', sinceMs: 1000 },
    }))
    const found = diff(
      { ...world.desired, attachments: world.desired.attachments.slice(1) },
      {
        ...world.observed,
        attachments: one ? [{ ...one, state: 'gone' }, ...others] : [],
        reservations: [...reservations, ...world.observed.reservations.slice(1)],
        firewall: firewall ? [firewall, { ...firewall, family: 6 }] : [],
      },
    )
    const dead = found.find(({ kind }) => kind === 'attachment-dead')
    expect(dead?.message).toMatch(/ 10\.4\.1\.2, fd00::2$/)
    expect(dead?.evidence).toEqual(
      expect.arrayContaining([
        '/var/lib/cni/networks/lan/10.4.1.2 is reserved for it',
        '/var/lib/cni/networks/lan/fd00::2 is reserved for it',
      ]),
    )
    expect(dead?.evidence.filter((line) => line.includes('IPv6'))).toHaveLength(2)
    expect(new Set(dead?.evidence).size).toBe(dead?.evidence.length)
  })

  describe('that nobody remembers the making of', () => {
    const world = healthyWorld(1)
    const [one] = world.observed.attachments
    const forgotten = (change: Partial<ObservedState>, restorable = true) => {
      const attachments = one ? [{ ...one, remembered: false, restorable }] : []
      const desired = { ...world.desired, containers: [] }
      const found = diff(desired, { ...world.observed, attachments, ...change })
      return found.map(({ kind, repair }) => `${kind} ${repair?.kind}`)
    }
    const unknown = { containers: [], names: [], portHolds: [] }

    it('are remembered again where all that they need is there', () => {
      expect(forgotten(unknown)).toEqual(['result-lost restore-result'])
    })

    it('were cut short where something is missing', () => {
      const [firewall] = onFirewall(world, (each) => ({ ...each, owned: new Map() })).observed
        .firewall
      expect(forgotten({ ...unknown, firewall: firewall ? [firewall] : [] })).toEqual([
        'attachment-unfinished detach',
      ])
    })

    it('go where their DEL has begun', () => {
      const attachments = one ? [{ ...one, remembered: false, leaving: 'DEL' as const }] : []
      expect(forgotten({ ...unknown, attachments })).toEqual(['attachment-unfinished detach'])
    })

    it('are never cut off where their container was prepared', () => {
      const firewall: ObservedState['firewall'] = []
      expect(forgotten({ names: [], links: [], firewall }, false)).toContain(
        'result-lost undefined',
      )
      expect(forgotten({ names: [], links: [], firewall })).toContain('result-lost restore-result')
    })

    it('are being made while a plugin is at work', () => {
      const signs = { ...world.observed.signs, running: new Set([one?.containerId ?? '']) }
      expect(forgotten({ ...unknown, signs })).toEqual([])
    })
  })
})

it('a file that a running container mounts, and that was replaced, is told', () => {
  const staleMounts = [{ containerId: 'default-web', paths: ['/etc/hosts', '/etc/hostname'] }]
  const { containers } = healthyWorld(1).observed
  const stored = containers.map((each) => ({ ...each, containerId: 'default-web' }))
  expect(diff(nothingDesired, observing({ staleMounts }))).toMatchObject([
    { kind: 'container-damaged', severity: 'error', ours: true },
  ])
  expect(diff(nothingDesired, observing({ staleMounts, containers: stored }))).toMatchObject([
    {
      kind: 'mount-stale',
      severity: 'warning',
      ours: true,
      fix: 'stop and start container default-web',
    },
  ])
})

describe('reservations', () => {
  it('an address that a living container does not have is stale, though its own interface is named', () => {
    const { desired, observed } = healthyWorld(2)
    const [first, second] = observed.reservations
    if (!first || !second) throw new Error('no reservations')
    const spare = { ...first, reservation: { ...first.reservation, address: '10.4.1.50' } }
    const young = { address: '10.4.1.3', sinceMs: observed.nowMs }
    const swapped = { ...second, reservation: { ...first.reservation, ...young } }
    const kinds = (...reservations: readonly (typeof first)[]) =>
      diff(desired, { ...observed, reservations }).map(({ kind, repair }) => `${kind} ${!!repair}`)
    expect(kinds(first, second, spare)).toEqual(['reservation-dead true'])
    expect(kinds(first, swapped)).toEqual(['reservation-dead true', 'address-twice false'])
  })

  const reservation = { address: '10.4.1.2', containerId: 'gone', ifname: 'eth0', sinceMs: 0 }
  const observed = observing({
    reservations: [{ network: 'lan', dataDir: '/var/lib/cni/networks', reservation }],
  })
  const desired = { ...nothingDesired, networks: [ourNetwork] }

  it('of a container that shows no sign of life are released in a network of ours', () => {
    const [found, ...others] = diff(desired, observed)
    expect(others).toEqual([])
    expect(found).toMatchObject({ id: 'reservation-dead lan/10.4.1.2', severity: 'error' })
    expect(found?.repair).toMatchObject({ kind: 'release-address', reservation })
  })

  it("are left alone in another's network", () => {
    const [found] = diff(nothingDesired, observed)
    expect(found).toMatchObject({ severity: 'warning', ours: false })
    expect(found?.repair).toBeUndefined()
  })

  it.each(['cached', 'recorded', 'known', 'namespaces', 'running'])(
    'are no finding while the container is %s',
    (sign) => {
      const signs = { ...observed.signs, [sign]: new Set(['gone']) }
      expect(diff(desired, { ...observed, signs })).toEqual([])
    },
  )

  it('are no finding while an ADD may be on its way', () => {
    const young = { ...reservation, sinceMs: observed.nowMs - 100 }
    const reservations = observed.reservations.map((each) => ({ ...each, reservation: young }))
    expect(diff(desired, { ...observed, reservations })).toEqual([])
  })

  it('of two containers at one address are told, and nobody is cut off', () => {
    const world = healthyWorld(1)
    const reservations = world.observed.reservations.map((each) => ({
      ...each,
      reservation: { ...each.reservation, containerId: 'other' },
    }))
    const signs = { ...world.observed.signs, running: new Set(['other']) }
    const found = diff(world.desired, { ...world.observed, reservations, signs })
    expect(found.map(({ kind, repair }) => [kind, repair])).toEqual([['address-twice', undefined]])
  })
})

describe('rules', () => {
  const owned = ownedBy({ ...desiredAttachment('web', 0), network: 'old' })
  const firewall = healthyWorld(0).observed.firewall.map((each) => ({
    ...each,
    owned: new Map(owned.map((one) => [one.mark, one])),
  }))

  it('of a container of ours in a network that it is not in are taken out', () => {
    const containers = healthyWorld(1).observed.containers.map((each) => ({
      ...each,
      ...{ id: 'web', containerId: 'default-web', names: 'none' as const },
    }))
    const found = diff(nothingDesired, observing({ firewall, containers }))
    expect(found.map(({ kind }) => kind)).toEqual(['rules-left', 'rules-left'])
    expect(planRepairs(found)).toEqual([
      { kind: 'remove-rules', network: 'old', containerId: 'default-web' },
    ])
    expect(found.flatMap(({ evidence }) => evidence)).toContain(
      'tcp port 8000 still goes to 10.4.1.2:80',
    )
  })

  it('of somebody else are told with the commands that take them out', () => {
    const found = diff(nothingDesired, observing({ firewall }))
    expect(found.map(({ severity, repair }) => [severity, repair])).toEqual([
      ['warning', undefined],
      ['warning', undefined],
    ])
    expect(found[0]?.fix).toMatch(
      /^iptables -t nat -D POSTROUTING .* && .* -F CNI-.* && .* -X CNI-/,
    )
  })
})

describe('interfaces', () => {
  const world = healthyWorld(1)
  const stray = { name: 'veth9', bridge: false, up: true, master: 'br-lan', addresses: [] }
  const links = [...world.observed.links, stray]

  it('on a bridge of ours that belong to nobody are told, and left alone', () => {
    const found = diff(world.desired, { ...world.observed, links })
    expect(found.map(({ kind, severity, repair }) => [kind, severity, repair])).toEqual([
      ['interface-stray', 'warning', undefined],
    ])
  })

  it('a bridge has any MAC where no result names one, as of 0.2.0', () => {
    const port = { hairpin: false, isolated: false, open: true }
    const kinds = (more: object) => {
      const attachments = world.desired.attachments.map((each) => ({
        ...each,
        bridge: { name: 'br-lan', routed: true, port, ...more },
      }))
      const links = world.observed.links.map((each) => ({ ...each, mac: '02:00:00:00:00:07' }))
      return diff({ ...world.desired, attachments }, { ...world.observed, links }).map(
        ({ kind }) => kind,
      )
    }
    expect(kinds({ mac: '02:00:00:00:00:08' })).toContain('bridge-changed')
    expect(kinds({})).not.toContain('bridge-changed')
  })

  it('a neighbour entry by hand with another MAC than its container has is told', () => {
    const mac = '02:00:00:00:00:01'
    const attachments = world.desired.attachments.map((each) => ({ ...each, mac }))
    const kinds = (entry: string) => {
      const neighbours = [{ device: 'br-lan', address: '10.4.1.2', mac: entry }]
      return diff({ ...world.desired, attachments }, { ...world.observed, neighbours })
    }
    expect(kinds(mac)).toEqual([])
    expect(kinds('02:00:00:00:00:99')).toMatchObject([
      { kind: 'neighbour-wrong', ours: false, fix: 'ip neigh delete 10.4.1.2 dev br-lan' },
    ])
  })

  it.each([
    ['at its own port', 'veth0', false, []],
    ['at another port', 'veth9', false, ['bridge fdb delete 02:00:00:00:00:01 dev veth9 master']],
    ['at the host', 'veth0', true, ['bridge fdb delete 02:00:00:00:00:01 dev veth0 master']],
    ['at the bridge', 'br-lan', true, ['bridge fdb delete 02:00:00:00:00:01 dev br-lan self']],
  ])('an entry of a bridge for the MAC of a container %s', (_, device, isLocal, fixes) => {
    const mac = '02:00:00:00:00:01'
    const attachments = world.desired.attachments.map((each) => ({ ...each, mac }))
    const bridgeEntries = [{ bridge: 'br-lan', device, mac, isLocal }]
    const found = diff({ ...world.desired, attachments }, { ...world.observed, bridgeEntries })
    expect(found.map(({ fix }) => fix)).toEqual(fixes)
  })

  it.each([
    ['the bridge', 'br-lan', {}, ['tc filter delete dev br-lan egress']],
    ['an interface of a container', 'veth0', {}, ['tc filter delete dev veth0 egress']],
    ['one that plugin bandwidth limits', 'veth0', { shapes: true as const }, []],
    ['another', 'eth0', {}, []],
  ])('a filter that takes packets of %s', (_, device, bandwidth, fixes) => {
    const attachments = world.desired.attachments.map((each) => ({
      ...each,
      ...(each.bridge ? { bridge: { ...each.bridge, ...bandwidth } } : {}),
    }))
    const trafficFilters = [{ device, hook: 'egress' as const }]
    const found = diff({ ...world.desired, attachments }, { ...world.observed, trafficFilters })
    expect(found.map(({ fix }) => fix)).toEqual(fixes)
  })

  it('that have the address of a container take what is for it', () => {
    const links = world.observed.links.map((each) =>
      each.bridge ? { ...each, addresses: [...each.addresses, '10.4.1.2/32'] } : each,
    )
    expect(diff(world.desired, { ...world.observed, links })).toMatchObject([
      { kind: 'address-taken', ours: false, fix: 'ip address delete 10.4.1.2/32 dev br-lan' },
    ])
  })

  it('lo has the addresses of loopback, as that of each container does', () => {
    const [first] = world.desired.attachments
    if (first === undefined) throw new Error('no attachment')
    const addresses = ['127.0.0.1/8']
    const attachments = [
      { ...first, addresses: [{ address: '127.0.0.1', prefixLength: 8 }], ports: [] },
    ]
    const kinds = (name: string, own: readonly string[]) =>
      diff(
        { ...world.desired, attachments },
        {
          ...world.observed,
          links: [...world.observed.links, { name, bridge: false, up: true, addresses: own }],
        },
      ).map(({ kind }) => kind)
    expect(kinds('lo', addresses)).toEqual(kinds('lo', []))
  })

  it('that take only what they would answer cut off ports of another network', () => {
    const [first] = world.desired.attachments
    if (first === undefined) throw new Error('no attachment')
    const ports = [{ protocol: 'tcp', hostPort: 80, containerPort: 80, hostIp: '' }]
    const far = {
      ...first,
      network: 'far',
      ifname: 'eth1',
      ports: [],
      bridge: { name: 'br-far', routed: true },
    }
    const at = (metric?: number) => present({ defaultMetric: metric })
    const pair = (one?: number, other?: number) => [
      { ...first, ports, ...at(one) },
      { ...far, ...at(other) },
    ]
    const bridge = (name: string) => ({ name, bridge: true, up: true, addresses: [], strict: true })
    const kinds = (attachments: ReturnType<typeof pair>, ...names: readonly string[]) =>
      diff({ ...nothingDesired, attachments }, observing({ links: names.map(bridge) }))
        .filter(({ kind }) => kind === 'reverse-path-strict')
        .map(({ fix }) => fix)
    const cut = ['sysctl -w net.ipv4.conf.br-far.rp_filter=2']
    expect(kinds(pair(0, 0), 'br-lan', 'br-other')).toEqual([])
    expect(kinds(pair(0, 0), 'br-lan', 'br-far')).toEqual(cut)
    expect(kinds(pair(undefined, 1), 'br-far')).toEqual(cut)
    expect(kinds(pair(0, 1), 'br-far')).toEqual([])
    expect(kinds(pair(0), 'br-far')).toEqual([])
  })

  // A runtime without libcni's cache has attached it by our executables, and somebody has taken it down.
  it.each([true, false])(
    'that bear the mark of a container without a record stay (up: %s)',
    (up) => {
      const ref = { network: 'lan', containerId: 'former', ifname: 'eth0' } as const
      const owner = { kind: 'attachment', ...ref } as const
      const marked = [...world.observed.links, { ...stray, up, owner }]
      const found = diff(world.desired, { ...world.observed, links: marked })
      expect(found.map(({ kind, severity, repair }) => [kind, severity, repair])).toEqual([
        ['interface-left', 'warning', undefined],
      ])
    },
  )

  it.each([
    [
      'a bridge without a route to its subnet',
      { routes: [] },
      ['bridge-route-missing', 'restore-bridge'],
    ],
    [
      'a bridge that forwards nothing',
      change('br-lan', { forwards: false }),
      ['forwarding-off', undefined],
    ],
    [
      'a bridge whose address is asked for in vain',
      change('br-lan', { silencedBy: 'net.ipv4.conf.br-lan.arp_ignore' }),
      ['arp-off', undefined],
    ],
    ['an interface of a lower MTU', change('veth0', { mtu: 1280 }), ['mtu-lowered', undefined]],
    ['a bridge of a lower MTU', change('br-lan', { mtu: 1280 }), ['mtu-lowered', undefined]],
    ['an interface of a higher MTU', change('veth0', { mtu: 9000 }), []],
  ] as const)('%s', (_, observed, expected) => {
    const found = diff(world.desired, { ...world.observed, ...observed })
    expect(found.flatMap(({ kind, repair }) => [kind, repair?.kind])).toEqual(expected)
  })

  function change(name: string, by: Partial<ObservedLink>): Partial<ObservedState> {
    const of = world.observed.links.map((each) => (each.name === name ? { ...each, ...by } : each))
    return { links: of }
  }

  it('may be those of an attachment that nobody remembers the making of', () => {
    const others = { ...attachment, recorded: false, ours: false, state: 'unknown' as const }
    const attachments = [...world.observed.attachments, others]
    expect(diff(world.desired, { ...world.observed, links, attachments })).toEqual([])
  })
})

describe('files that a running container lost', () => {
  const world = healthyWorld(1)
  const [container] = world.observed.containers

  it('are told: what names and hosts files say of it stays', () => {
    const lost = container ? [{ ...container, stored: false, restorable: false }] : []
    const desired = { ...world.desired, containers: [] }
    const found = diff(desired, { ...world.observed, containers: lost })
    expect(found.map(({ kind, repair }) => [kind, repair])).toEqual([
      ['container-damaged', undefined],
    ])
  })

  it.each([
    ['vethra.json', 'error'],
    ['lifecycle.json', 'warning'],
  ])('%s is a finding: %s', (file, severity) => {
    const fault = { file, reason: 'no JSON' }
    const containers = container ? [{ ...container, fault }] : []
    const found = diff(world.desired, { ...world.observed, containers })
    expect(found.map((each) => [each.kind, each.severity])).toEqual([
      ['container-damaged', severity],
    ])
  })

  it('a conf list that is damaged is not written over', () => {
    const attachments = world.observed.attachments.map((each) => ({
      ...each,
      networkLost: true as const,
    }))
    const repairs = (file: string) =>
      planRepairs(
        diff(
          { ...world.desired, networks: [] },
          {
            ...world.observed,
            attachments,
            confFaults: [{ file, reason: 'no JSON' }],
          },
        ),
      )
    expect(repairs('/etc/cni/net.d/nerdctl-lan.conflist')).toEqual([])
    expect(repairs('/etc/cni/net.d/nerdctl-other.conflist')).toHaveLength(1)
  })
})

it('nothing is planned for what is not ours, whatever a finding says', () => {
  const [found] = diff(
    nothingDesired,
    observing({ attachments: [{ ...attachment, state: 'gone' }] }),
  )
  expect(found && planRepairs([found])).toHaveLength(1)
  expect(found && planRepairs([{ ...found, ours: false }])).toEqual([])
})
