import { describe, expect, it } from 'vitest'
import { healthyWorld } from '../test/sample-host.ts'
import { nothingDesired, nothingObserved } from '../test/sample-states.ts'
import { diff, type ObservedState } from './index.ts'

const [attachment] = healthyWorld(1).observed.attachments
const observing = (change: Partial<ObservedState>) => ({ ...nothingObserved, ...change })

describe('names', () => {
  const [container] = healthyWorld(1).observed.containers

  it.each([
    [false, 'known', ['lan'], ['names-left']],
    [false, 'damaged', [], ['names-left']],
    [false, 'none', [], []],
    [false, 'known', [], []],
    [true, 'none', [], ['names-missing']],
    [true, 'known', ['lan'], []],
    [true, 'known', ['other'], ['names-missing']],
    [undefined, 'none', [], []],
    [undefined, 'damaged', [], []],
  ] as const)('wanted: %s, there: %s, in networks: %s', (known, names, networks, kinds) => {
    const ref = { namespace: 'default', id: 'c0', containerId: 'default-c0', name: '' }
    const wanted = { ...ref, networks: known ? ['lan'] : [] }
    const containers = container ? [{ ...container, names, networks }] : []
    const found = diff(
      { ...nothingDesired, containers: [known === undefined ? wanted : { ...wanted, known }] },
      observing({ containers }),
    )
    expect(found.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('of a running container that another holds are told', () => {
    const world = healthyWorld(1)
    const other = { ...world.observed.containers[0], id: 'c9', names: 'none' as const }
    const names = [{ namespace: 'default', name: 'name-c0', id: 'c9' }]
    const containers = [
      ...world.observed.containers,
      other as (typeof world.observed.containers)[number],
    ]
    const [found] = diff(world.desired, { ...world.observed, names, containers })
    expect(found).toMatchObject({ kind: 'name-lost', severity: 'error' })
    expect(found?.repair).toBeUndefined()
  })
})

describe('files', () => {
  it.each([
    [
      { confFaults: [{ file: '/etc/cni/net.d/a.conf', reason: 'no JSON' }] },
      'conf-unreadable',
      'error',
    ],
    [
      { shadowed: [{ network: 'lan', file: '/c/b.conflist', by: '/c/a.conflist' }] },
      'conf-shadowed',
      'warning',
    ],
    [
      { damaged: [{ file: '/var/lib/cni/results/x', reason: 'no JSON' }] },
      'file-damaged',
      'warning',
    ],
  ])('%j', (change, kind, severity) => {
    const found = diff(nothingDesired, observing(change))
    expect(found.map((each) => [each.kind, each.severity, each.repair])).toEqual([
      [kind, severity, undefined],
    ])
  })

  it('what was decided for a container can be damaged', () => {
    const containers = healthyWorld(1).observed.containers.map((each) => ({
      ...each,
      ...{ names: 'none' as const, fault: { file: 'vethra.json', reason: 'no JSON' } },
    }))
    const [found] = diff(nothingDesired, observing({ containers }))
    expect(found).toMatchObject({ kind: 'container-damaged', severity: 'error' })
  })
})

describe('ports held', () => {
  const hold = {
    containerId: 'default-c0',
    sockets: ['0.0.0.0:80/tcp'],
    pid: 9,
    alive: true,
    recorded: true,
  }
  it.each([
    ['by a living process', hold, ['ports-left error']],
    ['by a process that ended', { ...hold, alive: false }, ['ports-left warning']],
    ['by what another data store started', { ...hold, recorded: false }, []],
  ])('%s', (_, each, kinds) => {
    const found = diff(nothingDesired, observing({ portHolds: [each] }))
    expect(found.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(kinds)
  })

  it('for a container that lives in no network by now stay', () => {
    const containers = healthyWorld(1).observed.containers.map((each) => ({
      ...each,
      lives: true as const,
    }))
    const found = diff(nothingDesired, observing({ portHolds: [hold], containers }))
    expect(found.map(({ kind }) => kind)).not.toContain('ports-left')
  })

  it('for a container that rules lead packets to, and nothing else is known of, stay', () => {
    const { observed } = healthyWorld(1)
    const { firewall } = observed
    const found = (portHolds: ObservedState['portHolds']) =>
      diff(nothingDesired, observing({ portHolds, firewall })).map(({ kind }) => kind)
    expect(found([hold])).not.toContain('ports-left')
    expect(found([{ ...hold, containerId: 'default-c9' }])).toContain('ports-left')
  })

  it('for an attached container are as they should be', () => {
    const found = diff(
      nothingDesired,
      observing({ portHolds: [hold], attachments: attachment ? [attachment] : [] }),
    )
    expect(found).toEqual([])
  })
})
