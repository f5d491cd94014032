import { CniError } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { podmanFiles } from '../../test/podman-files.ts'
import { createLine, type ForeignNetwork, readPodmanNetwork } from '../index.ts'

const read = (text: string) => readPodmanNetwork({ file: '/n/x.json', text })
const shownAs = (network: ForeignNetwork) =>
  network.kind === 'wanted' ? createLine(network.options) : network.kind
const lostOf = (network: ForeignNetwork) =>
  network.kind === 'wanted' ? network.lost.map(({ field }) => field) : undefined

const lan = JSON.parse(podmanFiles['plain'] ?? '')
const changed = (change: object) => read(JSON.stringify({ ...lan, ...change }))
const ranged = (subnet: string, start_ip?: string, end_ip?: string) =>
  changed({ subnets: [{ subnet, lease_range: { start_ip, end_ip } }] })

describe('networks of Podman 4.3.1', () => {
  it.each([
    ['plain', 'vethra network create --subnet 10.89.0.0/24 --gateway 10.89.0.1 plain'],
    [
      'full',
      'vethra network create --subnet 10.31.0.0/24 --gateway 10.31.0.254 --ip-range 10.31.0.128/25' +
        ' -o mtu=1400 --label empty= --label team=web full',
    ],
    [
      'inner',
      'vethra network create --subnet 10.89.1.0/24 --subnet fd7d:2518:a8b0:2640::/64 --ipv6 --internal inner',
    ],
    [
      'dual',
      'vethra network create --subnet fd00:31::/64 --subnet 10.32.0.0/24' +
        ' --gateway fd00:31::1 --gateway 10.32.0.1 --ipv6 dual',
    ],
    [
      'lanish',
      'vethra network create --driver macvlan --subnet 192.168.77.0/24 --gateway 192.168.77.1' +
        ' -o mode=bridge -o parent=dummy0 lanish',
    ],
    ['noip', 'refused'],
  ])('%s', (name, expected) => {
    expect(shownAs(read(podmanFiles[name] ?? ''))).toBe(expected)
  })

  it('what has no equal is named', () => {
    expect(lostOf(read(podmanFiles['plain'] ?? ''))).toEqual([])
    expect(lostOf(read(podmanFiles['full'] ?? ''))).toEqual(['options.isolate'])
    expect(lostOf(read(podmanFiles['lanish'] ?? ''))).toEqual(['dns_enabled'])
    expect(lostOf(changed({ internal: true }))).toEqual([])
  })

  it('a bridge without DNS has none here', () => {
    expect(shownAs(changed({ dns_enabled: false }))).toContain('-o vethra.dns=false')
  })
})

describe('networks of later versions', () => {
  it('routes, resolvers, options and the name of a bridge are named', () => {
    const network = changed({
      network_interface: 'br-lan',
      routes: [{ destination: '10.99.0.0/16', gateway: '10.89.0.9' }],
      network_dns_servers: ['9.9.9.9'],
      options: { vlan: '7', metric: '50', com: 'x' },
    })
    expect(lostOf(network)).toEqual([
      ...['routes', 'network_dns_servers', 'network_interface'],
      ...['options.vlan', 'options.metric', 'options.com'],
    ])
  })

  it('a default route that is not switched off is no option', () => {
    expect(lostOf(changed({ options: { no_default_route: 'false' } }))).toEqual([])
  })

  it('unknown parts of a subnet and of its range are named', () => {
    const lease_range = { start_ip: '10.1.0.129', end_ip: '10.1.0.254', step: 2 }
    const network = changed({ subnets: [{ subnet: '10.1.0.0/24', zone: 'x', lease_range }] })
    expect(lostOf(network)).toEqual(['subnets.zone', 'subnets.lease_range.step'])
    expect(shownAs(network)).toContain('--ip-range 10.1.0.128/25')
  })

  it('a macvlan by DHCP stays one', () => {
    const network = changed({
      driver: 'macvlan',
      network_interface: 'eth0',
      subnets: null,
      ipam_options: { driver: 'dhcp' },
    })
    expect(shownAs(network)).toBe(
      'vethra network create --driver macvlan --ipam-driver dhcp -o parent=eth0 plain',
    )
  })

  it.each([
    ['a driver of a plugin', { driver: 'mine' }],
    ['an ipam driver', { ipam_options: { driver: 'mine' } }],
    ['an option of the ipam driver', { ipam_options: { driver: 'host-local', pool: 'x' } }],
    ['a network without a default route', { options: { no_default_route: 'true' } }],
    ['a bridge in a VRF', { options: { vrf: 'blue' } }],
    ['a bridge that Podman does not manage', { options: { mode: 'unmanaged' } }],
  ])('%s is refused', (_, change) => {
    expect(changed(change)).toMatchObject({ kind: 'refused', name: 'plain', error: { code: 7 } })
  })
})

describe('a lease range', () => {
  it.each([
    ['10.1.0.0/24', '10.1.0.129', '10.1.0.255', ['10.1.0.128/25']],
    ['10.1.0.0/24', '10.1.0.128', '10.1.0.255', ['10.1.0.128/25']],
    ['10.1.0.0/24', '10.1.0.129', undefined, ['10.1.0.128/25']],
    ['10.1.0.0/24', undefined, '10.1.0.127', ['10.1.0.0/25']],
    ['10.1.0.0/24', '10.1.0.7', '10.1.0.7', ['10.1.0.6/31']],
    ['fd00::/64', 'fd00::101', 'fd00::1ff', ['fd00::100/120']],
    ['10.1.0.0/24', undefined, undefined, []],
  ])('of %s from %s to %s is %j', (subnet, start, end, ipRanges) => {
    expect(ranged(subnet, start, end)).toMatchObject({ kind: 'wanted', options: { ipRanges } })
  })

  it.each([
    ['10.1.0.0/24', '10.1.0.5', '10.1.0.9'],
    ['10.1.0.0/24', '10.2.0.1', '10.2.0.255'],
    ['10.1.0.0/24', 'fd00::1', '10.1.0.255'],
    ['10.1.0.0/24', 'x', '10.1.0.255'],
    ['x', '10.1.0.1', '10.1.0.255'],
  ])('of %s from %s to %s is refused', (subnet, start, end) => {
    expect(ranged(subnet, start, end)).toMatchObject({ kind: 'refused', error: { code: 7 } })
  })
})

describe('what is no file of Podman', () => {
  it.each([
    ['', 6],
    ['['.repeat(100_000), 6],
    ['[]', 7],
    ['{}', 7],
    ['{"driver":"bridge","internal":1}', 7],
    [JSON.stringify({ ...lan, subnets: [{ subnet: 1 }] }), 7],
    [JSON.stringify({ ...lan, subnets: Array(65).fill({ subnet: '10.1.0.0/24' }) }), 7],
  ])('%.40j is refused with code %i', (text, code) => {
    expect(read(text)).toMatchObject({ kind: 'refused', source: '/n/x.json', error: { code } })
  })

  it('a file that cannot be read is refused', () => {
    const error = new CniError({ code: 5, message: 'EACCES' })
    expect(readPodmanNetwork({ file: '/n/x.json', error })).toMatchObject({
      kind: 'refused',
      name: '/n/x.json',
      error,
    })
  })
})
