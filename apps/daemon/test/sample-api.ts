import { join } from 'node:path'
import { eventLog } from '@vethra/api'
import { loadSettings } from '@vethra/engine'
import type { Api } from '../src/api.ts'
import { inBatches } from '../src/in-batches.ts'
import { newTally } from '../src/tally.ts'
import { openTools } from '../src/tools.ts'

/** For tests: what requests are answered with, on files below a folder, at the time 5000, with the last three events. */
export async function sampleApi(folder: string, stopping: AbortSignal): Promise<Api> {
  const settings = { cni_netconfpath: join(folder, 'net.d'), cni_cache: join(folder, 'cache') }
  const resolved = await loadSettings({
    flags: settings,
    env: {},
    read: async () => undefined,
    existing: () => false,
  })
  const places = {
    netconf: settings.cni_netconfpath,
    dataStore: join(folder, 'data'),
    runtime: join(folder, 'run'),
    networks: join(folder, 'cache/networks'),
  }
  const io = { env: {}, complain: () => {}, now: () => 5000, program: [] }
  const grounds = { resolved, settings: resolved.settings, places }
  const { manage } = await openTools(grounds, io, () => {})
  const events = eventLog(3)
  return {
    version: '0.1.0',
    dataStore: places.dataStore,
    settings: resolved.settings,
    manage,
    links: async () => [],
    reconciler: {
      begin: () => {},
      last: () => read,
      findings: async () => [],
      repairNow: async () => [],
      changed: () => {},
      close: async () => {},
    },
    events,
    tell: (event) => void events.add(5000, event),
    tally: newTally(),
    together: inBatches(),
    now: () => 5000,
    stopping,
  }
}

const read = { findings: [], atMs: 1000, tookMs: 5 }
