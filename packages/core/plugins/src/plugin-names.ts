/** The names of the plugins that Vethra is, in the order in which they are listed. */
export const pluginNames = [
  'bridge',
  'ptp',
  'macvlan',
  'ipvlan',
  'vlan',
  'dummy',
  'host-device',
  'loopback',
  'portmap',
  'firewall',
  'tuning',
  'bandwidth',
  'sbr',
  'vrf',
  'host-local',
  'static',
] as const

/** One of `pluginNames`. */
export type PluginName = (typeof pluginNames)[number]

/** Whether Vethra is a plugin of this name. */
export function isPluginName(name: string): name is PluginName {
  return (pluginNames as readonly string[]).includes(name)
}
