import { existsSync } from 'node:fs'
import { explain, type LockPlaces } from '@vethra/cni'
import { confDir } from '@vethra/conf-dir'
import type { DoctorTools } from '@vethra/engine'
import { type HostTools, loadSettings, reportLines, stageRunner, stepLines } from '@vethra/engine'
import { readText } from '@vethra/files'
import { dnsOf } from '@vethra/ipam'
import { diskIpamStore } from '@vethra/ipam-disk'
import { iptablesRules, namespaceFacts, resolveAddress } from '@vethra/linux'
import { flockLock } from '@vethra/lock-flock'
import { diskAttachmentRecords, diskResultCache } from '@vethra/memory'
import type { PluginExecOptions } from '@vethra/plugin-exec'
import {
  dataStorePath,
  type GivenSettings,
  type ResolvedSettings,
  type Settings,
} from '@vethra/settings'
import type { ConfDir, IpamStore, PluginRunner, StageCall } from '@vethra/world'
import type { Io } from './io.ts'

/** Where it is recorded which attachments are ours. */
export const attachmentsDir = '/var/lib/vethra/attachments'

/** The adapters that plugins are run with, made from the settings: all that `vethra cni` needs. */
export interface HostSide {
  readonly resolved: ResolvedSettings
  readonly settings: Settings
  readonly host: HostTools
  readonly networks: ConfDir
  /** All that is remembered of attachments. */
  readonly memory: DoctorTools['memory']
}

/** Loads the settings and makes these adapters. Throws CniError 103 for settings that are wrong. */
export async function openHostSide(flags: GivenSettings, io: Io): Promise<HostSide> {
  const resolved = await loadSettings({ flags, env: io.env, read: readText, existing: existsSync })
  const { settings } = resolved
  const runtime = '/run/vethra'
  const places = placesOf(settings, runtime)
  const lock = flockLock({ removeBelow: runtime })
  const debug = settings.logLevel === 'debug'
  const ipamAt = (dataDir: string) => diskIpamStore({ dataDir, lock, indexDir: `${runtime}/ipam` })
  const runner = await newRunner(
    {
      path: settings.cniPath,
      env: io.env,
      timeoutMs: settings.pluginTimeoutMs,
      outputLimit: settings.pluginOutputLimit,
      onReport: (report) => reportLines(report, debug).forEach(io.complain),
    },
    ipamAt,
  )
  const steps = debug ? { steps: stepLines(io.complain, io.now) } : {}
  const records = diskAttachmentRecords({ dir: attachmentsDir })
  const netns = namespaceFacts()
  const cache = diskResultCache({ dir: settings.cniCache })
  const { cniNetconfpath: dir, namespace } = settings
  return {
    resolved,
    settings,
    host: {
      ...{ runner, cache, lock, rules: iptablesRules(), places, records, netns, ...steps },
      plugins: settings.plugins,
      onRemains: (remains) => warn(remains, io),
    },
    networks: confDir({ dir, namespace, lock }),
    memory: async () => {
      const [{ records: recorded, damaged: lost }, { entries: cached, damaged }] =
        await Promise.all([records.survey(), cache.survey()])
      const of = (kind: 'record' | 'result') => (file: string) => ({ of: kind, file })
      return {
        records: recorded,
        cached,
        damaged: [...lost.map(of('record')), ...damaged.map(of('result'))],
      }
    },
  }
}

// Where the data store is costs half a millisecond to say, and single CNI operations do not ask.
function placesOf(settings: Settings, runtime: string): LockPlaces {
  let dataStore: string | undefined
  return {
    netconf: settings.cniNetconfpath,
    get dataStore() {
      dataStore ??= dataStorePath(settings.dataRoot, resolveAddress(settings.address))
      return dataStore
    },
    runtime,
    networks: `${settings.cniCache}/networks`,
  }
}

/** Prints a fault that ends nothing. */
export function warn(fault: unknown, io: Io): void {
  for (const line of explain(fault)) io.complain(line.replace(/^error/, 'warning'))
}

// Each runtime loads only its own way to start a program: execa costs the executable start-up time. What runs plugins
// in this process is loaded when one does.
async function newRunner(
  options: PluginExecOptions,
  ipamAt: (dataDir: string) => IpamStore,
): Promise<PluginRunner> {
  if (process.versions['bun'] === undefined) {
    return (await import('@vethra/plugin-exec')).pluginExec(options)
  }
  const { bunPluginExec } = await import('@vethra/plugin-exec/bun')
  const stage = async (call: StageCall) => {
    const { netlinkKernel } = await import('@vethra/linux/netlink')
    const resolvers = async (file: string) => dnsOf((await readText(file)) ?? '')
    return stageRunner({ attachments: netlinkKernel(), ipamAt, resolvers })(call)
  }
  return { ...bunPluginExec(options), stage }
}
