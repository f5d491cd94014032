import type { CniError } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { dockerNetworks } from '../../test/docker-networks.ts'
import { createLine, type ForeignNetwork, readDockerNetworks } from '../index.ts'

const read = (...texts: readonly string[]) => readDockerNetworks(`[${texts.join(',')}]`, 'FILE')
const one = (text: string): ForeignNetwork | undefined => read(text)[0]
const shownAs = (network: ForeignNetwork | undefined) =>
  network?.kind === 'wanted' ? createLine(network.options) : network?.kind
const lostOf = (network: ForeignNetwork | undefined) =>
  network?.kind === 'wanted' ? network.lost.map(({ field }) => field) : undefined

const lan = JSON.parse(dockerNetworks['plain'] ?? '')
const changed = (change: object) => JSON.stringify({ ...lan, ...change })

describe('networks of Docker 20.10', () => {
  it.each([
    ['plain', 'vethra network create --subnet 172.18.0.0/16 --gateway 172.18.0.1 plain'],
    [
      'full',
      'vethra network create --subnet 10.41.0.0/16 --gateway 10.41.0.254 --ip-range 10.41.5.0/24' +
        ' --aux-address router=10.41.5.5 -o icc=false -o ip-masq=false -o mtu=1400 --label team=web full',
    ],
    ['inner', 'vethra network create --subnet 172.19.0.0/16 --gateway 172.19.0.1 --internal inner'],
    [
      'dual',
      'vethra network create --subnet 172.20.0.0/16 --subnet fd00:41::/64 --gateway 172.20.0.1 --ipv6 dual',
    ],
    [
      'lanish',
      'vethra network create --driver macvlan --subnet 192.168.79.0/24 --gateway 192.168.79.1' +
        ' -o mode=bridge -o parent=v0 lanish',
    ],
    ['bridge', 'passed'],
    ['host', 'passed'],
    ['none', 'passed'],
    ['cfg', 'passed'],
    ['over', 'refused'],
    ['ingress', 'passed'],
  ])('%s', (name, expected) => {
    expect(shownAs(one(dockerNetworks[name] ?? ''))).toBe(expected)
  })

  it('options without an equal are named, and no others', () => {
    expect(lostOf(one(dockerNetworks['plain'] ?? ''))).toEqual([])
    expect(lostOf(one(dockerNetworks['full'] ?? ''))).toEqual([
      'Options.com.docker.network.bridge.host_binding_ipv4',
      'Options.com.docker.network.bridge.name',
    ])
  })
})

describe('networks of other versions', () => {
  it('Docker 28 has networks without IPv4', () => {
    const Config = [{ Subnet: 'fd00:41::/64', Gateway: 'fd00:41::1/64' }]
    const text = changed({ EnableIPv4: false, EnableIPv6: true, IPAM: { Config } })
    expect(shownAs(one(text))).toBe(
      'vethra network create --subnet fd00:41::/64 --gateway fd00:41::1 --ipv4=false --ipv6 plain',
    )
  })

  it('a subnet may have been typed with host bits', () => {
    const text = changed({ IPAM: { Driver: 'default', Config: [{ Subnet: '10.1.2.3/16' }] } })
    expect(shownAs(one(text))).toBe('vethra network create --subnet 10.1.0.0/16 plain')
  })

  it.each([
    ['an ipam driver', { IPAM: { Driver: 'infoblox', Config: [] } }],
    ['the ipam driver null', { IPAM: { Driver: 'null', Config: [] } }],
    ['a driver', { Driver: 'weave' }],
    ['a macvlan on no interface', { Driver: 'macvlan', Options: {} }],
    ['an ipvlan flag', { Driver: 'ipvlan', Options: { parent: 'eth0', ipvlan_flag: 'private' } }],
  ])('%s without an equal is refused', (_, change) => {
    expect(one(changed(change))).toMatchObject({ kind: 'refused', error: { code: 7 } })
  })

  it('options of the IPAM driver, unknown options and unknown fields are named', () => {
    const text = changed({
      IPAM: { Driver: 'default', Options: { foo: 'x' }, Config: [] },
      Options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed', new: '1' },
      Future: { a: 1 },
      Empty: null,
    })
    expect(lostOf(one(text))).toEqual([
      'IPAM.Options.foo',
      'Options.com.docker.network.bridge.gateway_mode_ipv4',
      'Options.new',
      'Future',
    ])
  })

  it('what swarm has, several subnets of a family, and unknown parts of a subnet are named', () => {
    const Config = [{ Subnet: '10.1.0.0/24', Zone: 'x' }, { Subnet: '10.2.0.0/24' }]
    const text = changed({ Attachable: true, ConfigFrom: { Network: 'cfg' }, IPAM: { Config } })
    expect(lostOf(one(text))).toEqual([
      ...['IPAM.Config.Zone', 'IPAM.Config', 'Attachable', 'ConfigFrom.Network'],
    ])
    expect(lostOf(one(dockerNetworks['swarmish'] ?? ''))).toEqual(['Attachable'])
  })

  it('the bridge of a swarm needs no import', () => {
    expect(shownAs(one(changed({ Name: 'docker_gwbridge' })))).toBe('passed')
  })

  it('an overlap is not let in by an option of ours', () => {
    const network = one(changed({ Options: { 'vethra.allow-overlap': 'true' } }))
    expect(network).toMatchObject({ options: { options: {} } })
    expect(lostOf(network)).toEqual(['Options.vethra.allow-overlap'])
  })
})

describe('what is no output of Docker', () => {
  const refused = (text: string) => {
    try {
      return readDockerNetworks(text, 'FILE')
    } catch (error) {
      return (error as CniError).code
    }
  }

  it.each([
    ['', 6],
    ['{', 6],
    ['['.repeat(100_000), 6],
    [`"${'x'.repeat(17 * 1024 * 1024)}"`, 6],
    ['{}', 7],
    ['null', 7],
    [`[${Array(1001).fill('{}').join(',')}]`, 7],
    ['[]', []],
  ])('%.20j is %j', (text, expected) => {
    expect(refused(text)).toEqual(expected)
  })

  it.each([
    ['null', 'element 1 of FILE'],
    ['[]', 'element 1 of FILE'],
    ['{"Name":7,"Driver":"bridge"}', 'element 1 of FILE'],
    [changed({ Driver: ['bridge'] }), 'plain'],
    [changed({ Internal: 'yes' }), 'plain'],
    [changed({ Options: { mtu: 1500 } }), 'plain'],
    [changed({ Labels: 'team=web' }), 'plain'],
    [changed({ Labels: { a: 'x'.repeat(65_536) } }), 'plain'],
    [changed({ IPAM: { Config: {} } }), 'plain'],
    [changed({ IPAM: { Config: ['10.1.0.0/16'] } }), 'plain'],
    [changed({ IPAM: { Config: Array(65).fill({}) } }), 'plain'],
    [changed({ IPAM: { Config: [{ Subnet: 'x'.repeat(5000) }] } }), 'plain'],
  ])('an element %.60j is refused by name, and the next one is read', (text, name) => {
    const [network, next] = read(text, JSON.stringify(lan))
    expect(network).toMatchObject({ kind: 'refused', name, error: { code: 7 } })
    expect(next?.kind).toBe('wanted')
  })

  it('keys that objects inherit are keys like others', () => {
    const text = changed({ Labels: JSON.parse('{"__proto__":"a","constructor":"b"}') })
    expect(shownAs(one(text))).toContain('--label __proto__=a --label constructor=b')
    const options = changed({ Options: JSON.parse('{"toString":"a"}') })
    expect(lostOf(one(options))).toEqual(['Options.toString'])
  })
})

it('a line is quoted for a shell', () => {
  const network = one(changed({ Labels: { note: "it's $HOME" } }))
  expect(shownAs(network)).toContain("--label 'note=it'\\''s $HOME' plain")
})
