import type { ConfList } from '@vethra/cni'
import type { FeatureName } from '@vethra/state'

const features: Readonly<Record<string, readonly FeatureName[]>> = {
  bridge: ['bridge', 'veth'],
  ptp: ['veth'],
  macvlan: ['macvlan'],
  ipvlan: ['ipvlan'],
  vlan: ['VLAN'],
  dummy: ['dummy'],
  tap: ['TUN'],
  vrf: ['VRF'],
}

/** The features of the kernel that a plugin of a type cannot do without; none for a type that is not known. */
export function pluginFeatures(type: string): readonly FeatureName[] {
  return features[type] ?? []
}

/** The features of the kernel that attaching to a network takes, each once, in the order of its plugins. */
export function networkFeatures({ plugins }: Pick<ConfList, 'plugins'>): readonly FeatureName[] {
  return [...new Set(plugins.flatMap(({ type }) => pluginFeatures(type)))]
}
