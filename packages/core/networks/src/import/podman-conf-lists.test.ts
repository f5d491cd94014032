import { describe, expect, it } from 'vitest'
import { createLine, readPodmanConfLists } from '../index.ts'

const bridge = {
  ...{ type: 'bridge', bridge: 'cni-podman0', isGateway: true, ipMasq: true, hairpinMode: true },
  ipam: {
    type: 'host-local',
    routes: [{ dst: '0.0.0.0/0' }],
    ranges: [[{ subnet: '10.88.0.0/16', gateway: '10.88.0.1' }]],
  },
}
const others = [
  { type: 'portmap', capabilities: { portMappings: true } },
  { type: 'firewall', backend: '' },
  { type: 'tuning' },
]
// As Podman 3.4 writes them.
const podman = { cniVersion: '0.4.0', name: 'podman', plugins: [bridge, ...others] }
const dnsname = { type: 'dnsname', domainName: 'dns.podman', capabilities: { aliases: true } }

const one = (list: object, file = '/c/lan.conflist') => {
  const [network] = readPodmanConfLists([{ file, text: JSON.stringify(list) }])
  if (network?.kind !== 'wanted') return { line: network?.kind, lost: [] }
  return { line: createLine(network.options), lost: network.lost.map(({ field }) => field) }
}

describe('conf lists of a Podman that uses CNI', () => {
  it('the default network', () => {
    expect(one(podman, '/c/87-podman-bridge.conflist')).toEqual({
      line: 'vethra network create --subnet 10.88.0.0/16 --gateway 10.88.0.1 -o vethra.dns=false podman',
      lost: [],
    })
  })

  it('one with names, labels, a VLAN and a route of its own', () => {
    const ipam = {
      ...bridge.ipam,
      routes: [{ dst: '0.0.0.0/0' }, { dst: '10.99.0.0/16', gw: '10.88.0.9' }],
    }
    const list = {
      ...podman,
      name: 'lan',
      args: {
        podman_labels: { team: 'web' },
        podman_options: { mtu: '1400', vlan: '7' },
        more: 1,
      },
      plugins: [{ ...bridge, bridge: 'br-lan', mtu: 1400, vlan: 7, ipam }, ...others, dnsname],
    }
    expect(one(list)).toEqual({
      line: 'vethra network create --subnet 10.88.0.0/16 --gateway 10.88.0.1 -o mtu=1400 --label team=web lan',
      lost: ['bridge.ipam.routes', 'bridge.vlan', 'plugin dnsname', 'more', 'bridge.bridge'],
    })
  })

  it('of one plugin, in the old form of host-local: its subnet and range are not lost', () => {
    const routes = [{ dst: '0.0.0.0/0' }]
    const range = { subnet: '10.90.0.0/24', rangeStart: '10.90.0.128', rangeEnd: '10.90.0.255' }
    const ipam = { type: 'host-local', routes, gateway: '10.90.0.1', ...range }
    const main = { type: 'bridge', bridge: 'cni-podman7', isGateway: true, ipam }
    const conf = { cniVersion: '0.3.1', name: 'one', ...main }
    expect(one(conf, '/c/one.conf')).toEqual({
      line: 'vethra network create --subnet 10.90.0.0/24 --gateway 10.90.0.1 --ip-range 10.90.0.128/25 -o ip-masq=false -o vethra.dns=false one',
      lost: [],
    })
  })

  it('false is no loss, but where a plugin takes true by default', () => {
    const off = { ipMasq: false, promiscMode: false, preserveDefaultVlan: false }
    const portmap = { ...others[0], snat: false }
    const { lost } = one({ ...podman, plugins: [{ ...bridge, ...off }, portmap] })
    expect(lost).toEqual(['bridge.preserveDefaultVlan', 'portmap.snat'])
  })

  const routed = (routes: readonly object[], change: object = {}) => {
    const ipam = { ...bridge.ipam, routes }
    return one({ ...podman, plugins: [{ ...bridge, ...change, ipam }, ...others] }).line
  }

  it('without a default route it is refused, since it would get one, unless it is internal', () => {
    expect(routed([])).toBe('refused')
    expect(routed([{ dst: '10.0.0.0/8' }])).toBe('refused')
    expect(routed([{ dst: '::/0' }])).toContain('network create')
    expect(routed([], { isDefaultGateway: true })).toContain('network create')
    expect(routed([], { isGateway: false, ipMasq: false })).toContain('--internal')
  })

  it.each([
    ['of nerdctl', { ...podman, name: 'lan', nerdctlID: 'a', nerdctlLabels: {} }, 'passed'],
    ['of containerd', { ...podman, name: 'containerd-net' }, 'passed'],
    ['of another plugin', { ...podman, plugins: [{ type: 'ptp' }] }, 'refused'],
    ['with labels that are none', { ...podman, args: { podman_labels: { a: 1 } } }, 'refused'],
    ['with hostile labels', { ...podman, args: { podman_labels: 'x' } }, 'refused'],
  ])('%s is %3$s', (_, list, kind) => {
    expect(one(list).line).toBe(kind)
  })
})
