import type { LinkType, Resource } from '@vethra/state'
import { expect, it } from 'vitest'
import { refusedChange } from './refused-change.ts'

const owner = { kind: 'host' } as const
const linkOf = (type: LinkType): Resource => ({
  kind: 'link',
  place: 'host',
  name: 'x0',
  type,
  up: true,
})
const link = (name: 'ifb' | 'dummy') => linkOf({ name })
const on = { parent: 'up0' }
const limit: Resource = { kind: 'qdisc', link: 'x0', does: { rate: 1, burst: 1 } }
const redirect: Resource = { kind: 'qdisc', link: 'x0', does: { redirect: 'x1' } }

const forward: Resource = {
  kind: 'sysctl',
  place: 'host',
  key: 'net/ipv4/ip_forward',
  value: '1',
}
const sixOff: Resource = {
  ...{ kind: 'sysctl', place: 'container' },
  ...{ key: 'net/ipv6/conf/eth0/disable_ipv6', value: '0' },
}
const forwardSix: Resource = { ...forward, key: 'net/ipv6/conf/all/forwarding' }
const address = (text: string): Resource => ({
  kind: 'address',
  place: 'host',
  link: 'br0',
  address: text,
  prefixLength: 24,
})

it.each<[Resource, errno: number, option: string | undefined]>([
  [link('ifb'), 95, 'CONFIG_IFB'],
  [link('dummy'), 95, 'CONFIG_DUMMY: modprobe dummy'],
  [linkOf({ name: 'vlan', ...on, id: 5 }), 95, 'CONFIG_VLAN_8021Q: modprobe 8021q'],
  [linkOf({ name: 'ipvlan', ...on, mode: 'l2' }), 95, 'CONFIG_IPVLAN: modprobe ipvlan'],
  [linkOf({ name: 'vrf', table: 1 }), 95, 'CONFIG_NET_VRF: modprobe vrf'],
  [linkOf({ name: 'bridge', vlanFiltering: true }), 95, 'CONFIG_BRIDGE_VLAN_FILTERING'],
  [limit, 2, 'CONFIG_NET_SCH_TBF'],
  [redirect, 2, 'CONFIG_NET_ACT_MIRRED'],
  [link('ifb'), 1, 'root'],
  [link('ifb'), 17, undefined],
  [{ kind: 'admit', bridge: 'br0', subnets: [] }, 17, 'vethra doctor'],
  [{ kind: 'masquerade', subnet: '10.4.0.0/24' }, 17, 'vethra doctor'],
  [forward, 30, 'sysctl -w net/ipv4/ip_forward=1'],
  [forward, 13, 'user namespace'],
  [forward, 1, 'user namespace'],
  [sixOff, 30, 'Mount /proc/sys for writing.'],
  [sixOff, 2, '1280'],
  [forwardSix, 2, 'ipv6.disable'],
  [forward, 2, undefined],
  [address('fd00::1'), 13, 'disable_ipv6=0'],
  [address('10.4.0.1'), 13, undefined],
])('%j refused with errno %d names %s', (resource, errno, option) => {
  const error = refusedChange({ kind: 'make', to: { owner, resource } }, { errno, text: '' })
  expect(error.code).toBe(5)
  expect(error.hint).toEqual(option === undefined ? undefined : expect.stringContaining(option))
})
