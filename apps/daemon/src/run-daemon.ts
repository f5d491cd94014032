import { EventEmitter } from 'node:events'
import { CniError, guards, onCniError } from '@vethra/cni'
import { forDoctor, inNamespace, type Resolver, refusalOf, startResolver } from '@vethra/engine'
import { type GivenSettings, version } from '@vethra/settings'
import type { Events, Here, HostWatch, Service, World } from '@vethra/world'
import type { Logger } from 'pino'
import type { Api } from './api.ts'
import { inBatches } from './in-batches.ts'
import { openLog } from './log.ts'
import { newReconciler } from './reconciler.ts'
import type { ReconcilerTools } from './reconciler-tools.ts'
import { routes } from './routes.ts'
import { type Serving, serve } from './serve.ts'
import { newTally, type Tally } from './tally.ts'

/** How long requests that are under way may take when the daemon stops, in milliseconds. */
const graceMs = 10_000

/**
 * Runs the daemon until SIGTERM or SIGINT; SIGHUP has it look. Throws CniError 102 when one runs on this data store already
 * or something is at its socket, 103 for settings that are wrong.
 */
export async function runDaemon(flags: GivenSettings, here: Here): Promise<void> {
  const resolved = await here.settings(flags)
  const log = openLog(resolved)
  const debug = resolved.settings.logLevel === 'debug'
  const world = await here.world(resolved, {
    onLine: (line) => log[debug ? 'debug' : 'warn'](line),
    onFault: (error) => log.warn({ err: error }, 'goes on after an error'),
  })
  const { lockNow, places } = world
  await world.files.makeFolder(places.dataStore, 0o700)
  // The lock is the kernel's: it ends with this process, however that ends.
  const refusal = await refusalOf(lockNow, guards.daemon(places), () => run(world, log))
  if (refusal) throw refusal.code === 105 ? runsAlready(places.dataStore, refusal) : refusal
}

async function run(given: World, log: Logger): Promise<void> {
  const tally = newTally()
  const world = { ...given, events: counted(given.events, tally, log) }
  const happened = new EventEmitter().setMaxListeners(0)
  const watch = world.events.watch(() => happened.emit('event'))
  try {
    await serveUntilStopped(world, { tally, happened, log })
  } finally {
    // Its timer would keep a process alive that could not begin.
    watch.close()
  }
}

async function serveUntilStopped(
  world: World,
  { tally, happened, log }: Pick<ApiParts, 'tally' | 'happened' | 'log'>,
): Promise<void> {
  const { socket: path } = world.resolved.settings
  const { dataStore } = world.places
  const onFault = (error: unknown) => log.warn({ err: error }, 'goes on after an error')
  const stopped = untilStopped()
  const closing = new AbortController()
  let watching: HostWatch | undefined
  let serving: Serving | undefined
  const api = openApi(world, {
    ...{ tally, happened },
    doctor: await forDoctor(world),
    log,
    stopping: closing.signal,
    onLooked: () => {
      watching?.refresh()
      void serving?.renew().catch(onFault)
    },
  })
  const { reconciler, tell } = api
  const service = await world.service()
  const [descriptor] = service.sockets
  serving = await serve({ path, descriptor, files: world.files }, routes(api, log).fetch)
  const resolver = await openResolver(world, log)
  const onChange: typeof reconciler.changed = (what, isFlush) => {
    reconciler.changed(what, isFlush)
    resolver?.changed(what)
  }
  watching = await world.watch({ onChange, onFault })
  tell({ Type: 'daemon-started', Message: `daemon ${process.pid} started` })
  log.info({ pid: process.pid, socket: path, dataStore }, 'started')
  reconciler.begin()
  const beating = await beService(service, onFault)
  await stopped
  log.info('stopping')
  await beating.stopping()
  tell({ Type: 'daemon-stopping', Message: `daemon ${process.pid} stops` })
  closing.abort()
  watching.close()
  await Promise.all([serving.close(graceMs), reconciler.close(), resolver?.close()])
  log.info('stopped')
}

// Where "vethra dns" runs, or sockets cannot be had, everything else goes on: names by hosts files, too.
async function openResolver(world: World, log: Logger): Promise<Resolver | undefined> {
  const onReport = (error: CniError) => log.warn({ err: error }, error.message)
  return startResolver({ ...world, onReport }).catch(
    onCniError((error) => {
      onReport(error)
      return undefined
    }),
  )
}

type ApiParts = Pick<Api, 'tally' | 'happened' | 'stopping'> &
  Pick<ReconcilerTools, 'doctor' | 'log' | 'onLooked'>

function openApi(world: World, { tally, happened, stopping, ...parts }: ApiParts): Api {
  const { events, places, clock } = world
  const { settings } = world.resolved
  const tell: Api['tell'] = (event) => void events.append(event)
  const intervalMs = settings.reconcileIntervalMs
  const reconciler = newReconciler({ ...parts, tell, tally, intervalMs })
  // Conf lists and records are read at each look: nothing else is to be loaded again.
  process.on('SIGHUP', () => reconciler.changed('SIGHUP'))
  return {
    ...{ version, dataStore: places.dataStore, events, happened, tell, tally, stopping },
    manage: (namespace = settings.namespace) => inNamespace(world, namespace),
    reconciler,
    warn: (line) => parts.log.warn(line),
    together: inBatches(),
    now: clock.now,
  }
}

/** Events that are counted and logged as well, whatever part of this process tells them. */
function counted(events: Events, tally: Tally, log: Logger): Events {
  return {
    ...events,
    append(event) {
      tally.count('vethra_events_total', { type: event.Type })
      log.info({ event }, event.Message)
      return events.append(event)
    },
  }
}

/** Tells systemd that we are ready, and from then on that we are alive. */
async function beService(
  { tell, watchdogMs }: Service,
  onFault: (error: unknown) => void,
): Promise<{ readonly stopping: () => Promise<void> }> {
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

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process there and then. */
function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isStopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1)
      isStopping = true
      resolve()
    })
  }
  return promise
}

function runsAlready(dataStore: string, cause: CniError): CniError {
  const pid = /process (\d+)/.exec(cause.message)?.[1]
  return new CniError({
    code: 102,
    message: `a daemon runs on ${dataStore} already${pid === undefined ? '' : `: process ${pid}`}`,
    hint: `Stop that one first, with "systemctl stop vethra" or "kill ${pid ?? 'PID'}", or name another --data-root.`,
  })
}
