import { scheduler, setTimeout } from 'node:timers/promises'
import { guards, type LockPlaces } from '@vethra/cni'
import { reportLines, stepLines } from '@vethra/engine/prepared-start'
import {
  appendText,
  makeFolder,
  readText,
  realPath,
  removeFile,
  rewriteWhole,
  writeWhole,
} from '@vethra/files'
import { bringLoopbackUp, checkNetns, iptablesRules, loadAppArmorProfile } from '@vethra/linux'
import type { PluginExecOptions } from '@vethra/plugin-exec'
import { portHolder } from '@vethra/port-holder'
import type { ResolvedSettings, Settings } from '@vethra/settings'
import { eventFile, rememberedOnDisk } from '@vethra/stores'
import type { AttachmentKernel, Hearer, Io, PluginRunner, StageCall, World } from '@vethra/world'
import { attachments, runtime, zoneRecords } from './folders-here.ts'
import { listsHere } from './lists-here.ts'

/** The world of this host by its settings. Adapters are made in the files `*-here.ts` of this folder alone: apps see ports. */
export async function worldHere(
  resolved: ResolvedSettings,
  hearer: Hearer,
  io: Io & { readonly app: string; readonly lasting: boolean },
): Promise<World> {
  const { onLine, onFault } = hearer
  const { settings } = resolved
  const { lists, places, lock, lockNow, kit } = await listsHere(resolved, hearer, io.lasting)
  const held = portHolder({ dir: `${runtime}/ports`, program: io.program })
  const debug = settings.logLevel === 'debug'
  const kernel = kernelHere()
  const runner = newRunner(kernel, {
    path: settings.cniPath,
    env: io.env,
    timeoutMs: settings.pluginTimeoutMs,
    outputLimit: settings.pluginOutputLimit,
    onReport: (report) => reportLines(report, { debug }).forEach(onLine),
  })
  return {
    ...lists,
    ...{ runner, lock, lockNow, places, rules: iptablesRules() },
    ...(debug ? { steps: stepLines(onLine, io.now) } : {}),
    plugins: settings.plugins,
    onRemains: onFault,
    events: eventsHere(io, { lock: lockNow, lockPath: guards.events(places), onFault }),
    clock: clockHere(io.now),
    files: filesHere(io.lasting),
    ports: kit?.ports(held) ?? held,
    memory: () => rememberedOnDisk(lists.records, lists.cache),
    checkNetns,
    bringLoopbackUp,
    loadAppArmorProfile: () => loadAppArmorProfile(),
    kernel,
    ...loadedHere(settings, places, io),
  }
}

function eventsHere(
  { app, now }: Pick<Io, 'now'> & { readonly app: string },
  guarded: Pick<Parameters<typeof eventFile>[0], 'lock' | 'lockPath' | 'onFault'>,
): World['events'] {
  return eventFile({ path: `${runtime}/events`, by: app, now, ...guarded })
}

function filesHere(sync: boolean): World['files'] {
  return {
    read: readText,
    realPath: async (path) => realPath(path),
    rewrite: (path, text) => rewriteWhole(path, text, { sync }),
    write: writeWhole,
    append: appendText,
    makeFolder,
    remove: removeFile,
  }
}

type Loaded =
  | 'userFacts'
  | 'pluginFolders'
  | 'collectGarbage'
  | 'dnsSockets'
  | 'leaseResolvers'
  | 'hostKernel'
  | 'watch'
  | 'service'

// What few commands need, each loaded when it is asked for.
function loadedHere(settings: Settings, places: LockPlaces, io: Io): Pick<World, Loaded> {
  return {
    userFacts: async () => (await import('@vethra/rootlesskit')).userFacts(io.env),
    pluginFolders: async () =>
      (await import('./seldom-facts-here.ts')).foldersOf(io.program[0] ?? '', (folder) =>
        newPrograms({ path: [folder], env: {} }),
      ),
    ...(isBun
      ? {
          collectGarbage: async () => (await import('@vethra/linux/dns')).collectGarbage(),
          dnsSockets: async () => (await import('@vethra/linux/dns')).dnsSockets(),
          leaseResolvers: async (at) => (await import('@vethra/linux/netlink')).leaseResolvers(at),
        }
      : {}),
    // By a file of ours: of a package that is imported as a whole, every start evaluates the whole (2 ms).
    hostKernel: async () => (await import('./seldom-facts-here.ts')).hostKernel(),
    watch: async (hearer) => {
      const folders = watched(settings, places)
      if (isBun) return (await import('./watch-here.ts')).watchHere(hearer, folders)
      const { watchHost } = await import('@vethra/linux/host-watch')
      return watchHost({ ...hearer, folders, programs: monitors })
    },
    service: async () => {
      const { inheritedSockets, serviceNotifier } = await import('@vethra/systemd')
      const sockets = inheritedSockets(io.env, process.pid)
      return { ...serviceNotifier(io.env, process.pid), sockets }
    },
  }
}

// Folders in which a change may be one of what should be, or of what is.
function watched({ cniNetconfpath, cniCache }: Settings, places: LockPlaces): readonly string[] {
  return [
    cniNetconfpath,
    ...['containers', 'etchosts', 'names'].map((each) => `${places.dataStore}/${each}`),
    attachments,
    `${cniCache}/results`,
    places.networks,
    '/run/netns',
  ]
}

// They print a line at each change of interfaces, addresses and rules, where this process cannot hear netlink itself.
const monitors = [
  ['ip', '-o', 'monitor', 'link', 'address'],
  ['nft', 'monitor'],
] as const

const isBun = process.versions['bun'] !== undefined

// What runs plugins in this process is loaded when one does.
function newRunner(kernel: OwnKernel, options: PluginExecOptions): World['runner'] {
  const programs = newPrograms(options)
  const stage = async (call: StageCall) =>
    (await import('./stage-here.ts')).stageHere(call, await kernel(), programs)
  return { ...programs, stage }
}

// Each runtime loads only its own way to start a program, when one is started: execa costs the executable start-up time.
function newPrograms(options: PluginExecOptions): PluginRunner {
  return {
    run: async (call) =>
      isBun
        ? (await import('@vethra/plugin-exec/bun')).bunPluginExec(options).run(call)
        : (await import('@vethra/plugin-exec')).pluginExec(options).run(call),
  }
}

type OwnKernel = () => Promise<AttachmentKernel>

// One for all that is asked of it: it keeps a socket. Node has no way to the kernel's sockets.
function kernelHere(): OwnKernel {
  const make: OwnKernel = async () =>
    isBun
      ? (await import('@vethra/linux/netlink')).netlinkKernel({ zoneRecords })
      : (await import('@vethra/linux/programs')).programKernel({ zoneRecords })
  let made: Promise<AttachmentKernel> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** The time that work may take before the event loop goes on, in milliseconds. */
const longestMs = 5

function clockHere(now: () => number): World['clock'] {
  let yieldedAt = now()
  return {
    now,
    sleep: async (ms) => void (await setTimeout(ms)),
    idle: async (ms) => void (await setTimeout(ms, undefined, { ref: false })),
    // Work on a thousand containers keeps a processor busy for half a second: a resolver answers between its parts.
    async yieldNow() {
      if (now() - yieldedAt < longestMs) return
      await scheduler.yield()
      yieldedAt = now()
    },
  }
}
