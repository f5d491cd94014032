import type { PluginWorld } from '@vethra/cni-plugin'

/** The ports of a plugin that this process is. It has no settings: its conf names the folder of reservations. */
export const pluginWorldHere: PluginWorld = {
  ipam: async (dataDir) => (await import('./ipam-here.ts')).ipamHere(dataDir),
  cached: async () => (await import('./cached-here.ts')).cachedHere(),
}
