import { basename } from 'node:path'
import { eventLog } from '@vethra/api'
import { CniError, guards } from '@vethra/cni'
import { makeFolder } from '@vethra/files'
import { type HostWatch, watchHost } from '@vethra/host-watch'
import { linkCounters } from '@vethra/linux'
import { flockLock } from '@vethra/lock-flock'
import type { GivenSettings } from '@vethra/settings'
import { inheritedSockets, serviceNotifier } from '@vethra/systemd'
import type { Logger } from 'pino'
import type { Api } from './api.ts'
import { type EventFile, openEventFile } from './event-file.ts'
import { inBatches } from './in-batches.ts'
import type { Io } from './io.ts'
import { openLog } from './log.ts'
import { newReconciler } from './reconciler.ts'
import { routes } from './routes.ts'
import { serve } from './serve.ts'
import { newTally } from './tally.ts'
import { type Grounds, loadGrounds, openTools, type Tools } from './tools.ts'

const version = '0.1.0'

/** How many events are kept for those who come late. */
const keptEvents = 1000

/** How long requests that are under way may take when the daemon stops, in milliseconds. */
const graceMs = 10_000

/**
 * Runs the daemon until SIGTERM or SIGINT. Throws CniError 102 when one runs on this data store already
 * or something is at its socket, 103 for settings that are wrong.
 */
export async function runDaemon(flags: GivenSettings, io: Io): Promise<void> {
  const grounds = await loadGrounds(flags, io)
  const { dataStore } = grounds.places
  await makeFolder(dataStore, 0o700)
  // The lock is the kernel's: it ends with this process, however that ends.
  const lock = flockLock({ timeoutMs: 0 })
  let held = false
  await lock
    .hold(guards.daemon(grounds.places), async () => {
      held = true
      await run(grounds, io)
    })
    .catch((error: unknown) => {
      throw !held && error instanceof CniError && error.code === 105
        ? runsAlready(dataStore, error)
        : error
    })
}

async function run(grounds: Grounds, io: Io): Promise<void> {
  const { settings, places, resolved } = grounds
  const log = openLog(resolved)
  const fault = (error: unknown) => log.warn({ err: error }, 'goes on after a fault')
  const stopped = untilStopped()
  const closing = new AbortController()
  const file = `${places.runtime}/events/${basename(places.dataStore)}.jsonl`
  const eventFile = await openEventFile(file, keptEvents, fault)
  const tools = await openTools(grounds, io, fault)
  let watching: HostWatch | undefined
  const api = openApi(grounds, io, eventFile, {
    tools,
    log,
    stopping: closing.signal,
    onLooked: () => watching?.refresh(),
  })
  const { reconciler, tell } = api
  const [descriptor] = inheritedSockets(io.env, process.pid)
  const serving = await serve({ path: settings.socket, descriptor }, routes(api, log).fetch)
  watching = watchHost({
    folders: tools.watched,
    programs: monitors,
    onChange: (what) => reconciler.changed(what),
    onFault: fault,
  })
  tell({ Type: 'daemon-started', Message: `daemon ${process.pid} started` })
  log.info({ pid: process.pid, socket: settings.socket, dataStore: places.dataStore }, 'started')
  reconciler.begin()
  const service = await beService(io, fault)
  await aborted(stopped)
  log.info('stopping')
  await service.stopping()
  tell({ Type: 'daemon-stopping', Message: `daemon ${process.pid} stops` })
  closing.abort()
  watching.close()
  await Promise.all([serving.close(graceMs), reconciler.close()])
  await eventFile.written()
  log.info('stopped')
}

// They print a line at each change of interfaces, addresses and rules.
const monitors = [
  ['ip', '-o', 'monitor', 'link', 'address'],
  ['nft', 'monitor'],
] as const

interface ApiParts {
  readonly tools: Tools
  readonly log: Logger
  readonly stopping: AbortSignal
  readonly onLooked: () => void
}

function openApi(
  { settings, places }: Grounds,
  { now }: Io,
  eventFile: EventFile,
  { tools, log, stopping, onLooked }: ApiParts,
): Api {
  const events = eventLog(keptEvents, eventFile.before)
  const tally = newTally()
  const tell: Api['tell'] = (event) => {
    const added = events.add(now(), event)
    eventFile.add(added)
    tally.count('vethra_events_total', { type: added.Type })
    log.info({ event: added }, added.Message)
  }
  const reconciler = newReconciler({
    doctor: tools.doctor,
    tell,
    tally,
    log,
    intervalMs: settings.reconcileIntervalMs,
    onLooked,
    now,
    cpuMs,
  })
  return {
    version,
    dataStore: places.dataStore,
    settings,
    manage: tools.manage,
    links: linkCounters,
    reconciler,
    events,
    tell,
    tally,
    together: inBatches(),
    now,
    stopping,
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Tells systemd that we are ready, and from then on that we are alive. */
async function beService(
  { env }: Io,
  onFault: (error: unknown) => void,
): Promise<{ readonly stopping: () => Promise<void> }> {
  const { tell, watchdogMs } = serviceNotifier(env, process.pid)
  const say = (state: string) => tell(state).catch(onFault)
  await say('READY=1')
  // Twice in the time that it waits, as sd_watchdog_enabled(3) advises.
  const beat =
    watchdogMs === undefined
      ? undefined
      : setInterval(() => void say('WATCHDOG=1'), Math.max(1, watchdogMs / 2))
  return {
    stopping: async () => {
      clearInterval(beat)
      await say('STOPPING=1')
    },
  }
}

/** Aborted by the first SIGTERM or SIGINT; a second one ends the process there and then. */
function untilStopped(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1)
      controller.abort()
    })
  }
  return controller.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function runsAlready(dataStore: string, cause: CniError): CniError {
  const pid = /process (\d+)/.exec(cause.message)?.[1]
  return new CniError({
    code: 102,
    message: `a daemon runs on ${dataStore} already${pid === undefined ? '' : `: process ${pid}`}`,
    hint: `Stop that one first, with "systemctl stop vethra" or "kill ${pid ?? 'PID'}", or name another --data-root.`,
  })
}
