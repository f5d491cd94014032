/** The kind of interface, as the kernel names it, that each plugin makes in a container; those that make none, or any, are left out. */
export const linkKinds: Readonly<Record<string, LinkKind>> = {
  bridge: 'veth',
  ptp: 'veth',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: 'vlan',
  dummy: 'dummy',
  tap: 'tun',
}

/** A kind of interface in a container. */
export type LinkKind = 'veth' | 'macvlan' | 'ipvlan' | 'vlan' | 'dummy' | 'tun'
