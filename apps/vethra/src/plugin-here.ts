import { main } from '@vethra/cni-plugin'
import type { Io } from '@vethra/world'

/** Runs the plugin that `argv` names, on this host, and returns the exit status. It has no settings: its conf names the folder of reservations. */
export function pluginHere(argv: readonly string[], io: Io): Promise<number> {
  return main(argv, io, {
    ipam: async (dataDir) => (await import('./ipam-here.ts')).ipamHere(dataDir),
    cached: async () => (await import('./cached-here.ts')).cachedHere(),
    host: async (path) => (await import('./plugin-host-here.ts')).pluginHostHere(path, io),
  })
}
