import { describe, expect, it } from 'vitest'
import {
  filterNetworks,
  findDefaultNetwork,
  findNetwork,
  findNetworks,
  type Network,
  networkId,
  networksFromFiles,
} from './index.ts'

const file = (name: string, labels?: object, id: unknown = networkId(name)) => ({
  file: `/n/${name}.conflist`,
  text: JSON.stringify({
    name,
    nerdctlID: id,
    nerdctlLabels: labels,
    plugins: [{ type: 'bridge' }],
  }),
})
const names = (networks: readonly Network[]): readonly string[] => networks.map(({ name }) => name)

const fooId = networkId('foo')
const shortName = networkId('bar').slice(0, 12)
const { networks } = networksFromFiles([
  { ...file('foo', { k: 'v', empty: '' }), modified: '2026-01-31T12:00:00.500Z' },
  file('bar', { 'nerdctl/network-aux-addresses': '{}' }),
  file(shortName),
  file('foreign', { k: 'v' }, 7),
])

describe('findNetwork', () => {
  it.each([
    ['foo', 'foo'],
    [fooId, 'foo'],
    [fooId.slice(0, 12), 'foo'],
    ['foreign', 'foreign'],
    [shortName, shortName],
    [fooId.slice(0, 11), undefined],
    [fooId.slice(0, 13), undefined],
    ['', undefined],
    ['7', undefined],
  ])('%j is %j', (ref, name) => {
    expect(findNetwork(networks, ref)?.name).toBe(name)
  })
})

describe('findNetworks', () => {
  it.each([
    ['foo', ['foo']],
    [fooId.slice(0, 25), ['foo']],
    [fooId.slice(0, 3), ['foo']],
    [shortName, [shortName]],
    ['∞', []],
    ['', []],
  ])('%j means %j', (ref, expected) => {
    expect(names(findNetworks(networks, ref))).toEqual(expected)
  })

  it('gives every network of a name, and every one whose id begins so', () => {
    const twice = networksFromFiles([file('foo'), { ...file('foo'), file: '/n/ns/foo.conflist' }])
    expect(findNetworks(twice.networks, 'foo')).toHaveLength(2)
    expect(findNetworks(twice.networks, fooId.slice(0, 12))).toHaveLength(2)
  })
})

describe('findDefaultNetwork', () => {
  it('is the one with the label, whatever its value', () => {
    const files = [file('bridge'), file('mine', { 'nerdctl/default-network': '' })]
    expect(findDefaultNetwork(networksFromFiles(files).networks)?.name).toBe('mine')
  })

  it('is the one named bridge, if none has the label', () => {
    expect(findDefaultNetwork(networksFromFiles([file('bridge', {}, 7)]).networks)?.name).toBe(
      'bridge',
    )
    expect(findDefaultNetwork(networks)).toBeUndefined()
  })
})

describe('filterNetworks', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], ['bar', shortName, 'foo', 'foreign']],
    [['name=^fo'], ['foo', 'foreign']],
    [['name=o'], ['foo', 'foreign']],
    [['label=k'], ['foo']],
    [['label=k=v'], ['foo']],
    [['label=k=w'], []],
    [['label=empty='], ['foo']],
    [['label!=k'], ['bar', shortName, 'foreign']],
    [['label!=k=w', 'name=foo'], ['foo']],
    [['label=nerdctl/network-aux-addresses'], []],
    [['name=fo', 'label=k'], ['foo']],
    [['driver=bridge', 'name=foo'], ['foo']],
    [['driver=macvlan'], []],
    [['id=2c26b46b68'], ['foo']],
    [['id='], []],
    [['until=2026-01-31T12:00:01Z'], ['foo']],
    [['until=2026-01-31T12:00:00Z'], []],
    [['until=2026-01-31T14:00:00.501+02:00'], ['foo']],
  ])('%j leaves %j', (filters, expected) => {
    expect([...names(filterNetworks(networks, filters))].sort()).toEqual([...expected].sort())
  })

  it.each([
    ['scope=local', 'name='],
    ['name', 'name='],
    ['', 'name='],
    ['name=(', 'name='],
    ['until=', 'until='],
    ['until=24h', 'until='],
    ['until=foo 1', 'until='],
    ['until=2026-13-31T12:00:00Z', 'until='],
  ])('refuses %j', (filter, key) => {
    expect(() => filterNetworks(networks, [filter])).toThrow(
      expect.objectContaining({ code: 103, hint: expect.stringContaining(key) }),
    )
  })
})
