import { EventEmitter } from 'node:events'
import { memoryEvents } from '@vethra/memory-world'
import type { Api } from '../src/api.ts'
import { inBatches } from '../src/in-batches.ts'
import { newTally } from '../src/tally.ts'
import { sampleTools } from './sample-tools.ts'

/** For tests: the answers to requests on the sample host, at the time 5000, with the last three events. */
export async function sampleApi(stopping: AbortSignal): Promise<Api> {
  const tools = await sampleTools()
  const events = memoryEvents({ now: () => 5000, kept: 3 })
  const happened = new EventEmitter()
  events.watch(() => happened.emit('event'))
  return {
    version: '0.1.0',
    dataStore: '/d',
    manage: async () => ({ ...tools, host: { ...tools.host, events } }),
    reconciler: {
      begin: () => {},
      last: () => read,
      findings: async () => [],
      repairNow: async () => [],
      changed: () => {},
      close: async () => {},
    },
    events,
    happened,
    tell: (event) => void events.append(event),
    warn: () => {},
    tally: newTally(),
    together: inBatches(),
    now: () => 5000,
    stopping,
  }
}

const read = { findings: [], atMs: 1000, tookMs: 5 }
