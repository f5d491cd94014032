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
