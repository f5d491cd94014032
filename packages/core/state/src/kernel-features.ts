import type { LinkType, Resource } from './resource.ts'

/** A part of the kernel that not every kernel has. */
export interface KernelFeature {
  readonly name: FeatureName
  /** `CONFIG_VLAN_8021Q`. */
  readonly option: string
  /** The module that it is in; absent where it is always a part of the kernel's image. */
  readonly module?: string
}

const features = [
  { name: 'nftables', option: 'CONFIG_NF_TABLES', module: 'nf_tables' },
  { name: 'bridge', option: 'CONFIG_BRIDGE', module: 'bridge' },
  { name: 'bridge filter', option: 'CONFIG_BRIDGE_NETFILTER', module: 'br_netfilter' },
  { name: 'veth', option: 'CONFIG_VETH', module: 'veth' },
  { name: 'macvlan', option: 'CONFIG_MACVLAN', module: 'macvlan' },
  { name: 'ipvlan', option: 'CONFIG_IPVLAN', module: 'ipvlan' },
  { name: 'VLAN', option: 'CONFIG_VLAN_8021Q', module: '8021q' },
  { name: 'VRF', option: 'CONFIG_NET_VRF', module: 'vrf' },
  { name: 'dummy', option: 'CONFIG_DUMMY', module: 'dummy' },
  { name: 'ifb', option: 'CONFIG_IFB', module: 'ifb' },
  { name: 'TUN', option: 'CONFIG_TUN', module: 'tun' },
  { name: 'VXLAN', option: 'CONFIG_VXLAN', module: 'vxlan' },
  { name: 'WireGuard', option: 'CONFIG_WIREGUARD', module: 'wireguard' },
  { name: 'SCTP', option: 'CONFIG_IP_SCTP', module: 'sctp' },
  { name: 'AppArmor', option: 'CONFIG_SECURITY_APPARMOR' },
] as const

/** The kernel's features that networks, published ports and profiles can need, in the order in which they are listed. */
export const kernelFeatures: readonly KernelFeature[] = features

/** The name of a feature in `kernelFeatures`. */
export type FeatureName = (typeof features)[number]['name']

function kernelFeature(name: FeatureName): KernelFeature {
  return kernelFeatures.find((each) => each.name === name) ?? { name, option: name }
}

/** The hint for a missing kernel feature: its option and module, or, by `blockedBy`, the modprobe.d(5) line to remove. */
export function featureHint(name: FeatureName, blockedBy?: string): string {
  const { option, module } = kernelFeature(name)
  if (blockedBy !== undefined)
    return `Its module is blocked: take ${blockedBy} out, then: modprobe ${module}.`
  return module === undefined
    ? `This needs a kernel with ${option}, and the boot parameters apparmor=1 security=apparmor.`
    : `This needs a kernel with ${option}: modprobe ${module}.`
}

/** The hint where the kernel does not support what a resource needs; undefined for resources that every kernel has. */
export function resourceHint(resource: Resource): string | undefined {
  if (resource.kind === 'link') {
    const { type } = resource
    const filters = type.name === 'bridge' && type.vlanFiltering
    return filters ? needing('CONFIG_BRIDGE_VLAN_FILTERING') : featureHint(linkFeatures[type.name])
  }
  if (resource.kind === 'bridge port' && resource.vlans)
    return needing('CONFIG_BRIDGE_VLAN_FILTERING')
  if (resource.kind === 'rule')
    return needing('CONFIG_IP_MULTIPLE_TABLES and CONFIG_IPV6_MULTIPLE_TABLES')
  if (resource.kind !== 'qdisc') return undefined
  if ('redirect' in resource.does)
    return needing('CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_U32 and CONFIG_NET_ACT_MIRRED')
  return resource.does.subnets === undefined
    ? needing('CONFIG_NET_SCH_TBF: modprobe sch_tbf')
    : needing('CONFIG_NET_SCH_HTB and CONFIG_NET_CLS_U32: modprobe sch_htb cls_u32')
}

/** The feature that makes links of a type. */
export const linkFeatures: Readonly<Record<LinkType['name'], FeatureName>> = {
  bridge: 'bridge',
  veth: 'veth',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: 'VLAN',
  dummy: 'dummy',
  vrf: 'VRF',
  ifb: 'ifb',
}

function needing(options: string): string {
  return `This needs a kernel with ${options}.`
}
