import { expect, it } from 'vitest'
import {
  type FeatureState,
  type KernelTexts,
  lackedFeatures,
  seenFeatures,
} from './feature-state.ts'
import { featureHint, kernelFeatures } from './kernel-features.ts'

const stateIn = (name: string, texts: KernelTexts) =>
  seenFeatures(texts).find((each) => each.name === name)?.state

const dep = `kernel/net/8021q/8021q.ko: kernel/net/802/garp.ko kernel/drivers/net/ipvlan/ipvlan.ko
kernel/drivers/net/macvlan.ko.xz:
kernel/net/bridge/br-netfilter.ko.zst: kernel/net/bridge/bridge.ko.zst
`

const modprobe = [{ path: '/etc/modprobe.d/x.conf', text: 'install 8021q /bin/false\n' }]

it.each<[name: string, texts: KernelTexts, state: FeatureState]>([
  ['VLAN', { modules: dep, modprobe }, 'blocked'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=m\n', modprobe }, 'blocked'],
  ['VLAN', { modules: dep, loaded: ['8021q'], modprobe }, 'loaded'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=y\n', modprobe }, 'built-in'],
  ['VLAN', { config: '# CONFIG_VLAN_8021Q is not set\n', modprobe }, 'missing'],
  ['macvlan', { modules: dep, modprobe }, 'loadable'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=y\n' }, 'built-in'],
  ['VLAN', { config: '# CONFIG_VLAN_8021Q is not set\n' }, 'missing'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q_GVRP=y\n' }, 'missing'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=m\n', modules: dep }, 'loadable'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=m\n', modules: '' }, 'missing'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=m\n' }, 'unknown'],
  ['VLAN', { config: 'CONFIG_VLAN_8021Q=m\n', loaded: ['8021q'] }, 'loaded'],
  ['VLAN', { modules: dep }, 'loadable'],
  ['VLAN', { modules: dep, loaded: ['8021q'] }, 'loaded'],
  ['VLAN', { modules: '', builtIn: 'kernel/net/8021q/8021q.ko\n', loaded: [] }, 'built-in'],
  ['VLAN', {}, 'unknown'],
  // What another module depends on is no file of its own.
  ['ipvlan', { modules: dep }, 'missing'],
  ['macvlan', { modules: dep }, 'loadable'],
  ['bridge filter', { modules: dep }, 'loadable'],
  ['bridge', { modules: dep }, 'missing'],
  ['AppArmor', { appArmor: 'Y\n' }, 'built-in'],
  ['AppArmor', { appArmor: 'N\n', config: 'CONFIG_SECURITY_APPARMOR=y\n' }, 'off'],
  ['AppArmor', { config: 'CONFIG_SECURITY_APPARMOR=y\n' }, 'off'],
  ['AppArmor', { config: '' }, 'missing'],
  ['AppArmor', { modules: dep, loaded: [] }, 'missing'],
  ['AppArmor', { modules: dep }, 'unknown'],
])('%s by %j is %s', (name, texts, state) => {
  expect(stateIn(name, texts)).toBe(state)
})

it('lacks what is missing or off, and never what it may have', () => {
  const seen = seenFeatures({ modules: dep, appArmor: 'N\n' })
  const lacked = lackedFeatures(seen, ['VLAN', 'VRF', 'AppArmor', 'macvlan'])
  expect(lacked.map(({ name }) => name)).toEqual(['VRF', 'AppArmor'])
  expect(lackedFeatures(seenFeatures({}), ['VLAN', 'VRF', 'AppArmor'])).toEqual([])
})

it('the hint of each feature names its option, and its module as modprobe takes it', () => {
  expect(kernelFeatures.map(({ name }) => featureHint(name))).toMatchInlineSnapshot(`
    [
      "This needs a kernel with CONFIG_NF_TABLES: modprobe nf_tables.",
      "This needs a kernel with CONFIG_BRIDGE: modprobe bridge.",
      "This needs a kernel with CONFIG_BRIDGE_NETFILTER: modprobe br_netfilter.",
      "This needs a kernel with CONFIG_VETH: modprobe veth.",
      "This needs a kernel with CONFIG_MACVLAN: modprobe macvlan.",
      "This needs a kernel with CONFIG_IPVLAN: modprobe ipvlan.",
      "This needs a kernel with CONFIG_VLAN_8021Q: modprobe 8021q.",
      "This needs a kernel with CONFIG_NET_VRF: modprobe vrf.",
      "This needs a kernel with CONFIG_DUMMY: modprobe dummy.",
      "This needs a kernel with CONFIG_IFB: modprobe ifb.",
      "This needs a kernel with CONFIG_TUN: modprobe tun.",
      "This needs a kernel with CONFIG_VXLAN: modprobe vxlan.",
      "This needs a kernel with CONFIG_WIREGUARD: modprobe wireguard.",
      "This needs a kernel with CONFIG_IP_SCTP: modprobe sctp.",
      "This needs a kernel with CONFIG_SECURITY_APPARMOR, and the boot parameters apparmor=1 security=apparmor.",
    ]
  `)
})
