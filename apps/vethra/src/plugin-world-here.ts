import type { PluginWorld } from '@vethra/cni-plugin'
import type { Io } from '@vethra/world'

/** The ports of a plugin that this process is. It has no settings: its conf names the folder of reservations. */
export function pluginWorldHere(io: Io): PluginWorld {
  return {
    ipam: async (dataDir) => (await import('./ipam-here.ts')).ipamHere(dataDir),
    cached: async () => (await import('./cached-here.ts')).cachedHere(),
    host: async (path) => (await import('./plugin-host-here.ts')).pluginHostHere(path, io),
  }
}
