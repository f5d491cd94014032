import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { diskAttachmentRecords } from '@vethra/attachment-records'
import { confDir } from '@vethra/conf-dir'
import { containerStore } from '@vethra/container-store'
import { diskHostsStore } from '@vethra/etchosts-disk'
import { readText } from '@vethra/files'
import { netnsId, pluginsEnded, resolveAddress } from '@vethra/host'
import type { HostsStore } from '@vethra/hosts'
import type { IpamStore } from '@vethra/ipam'
import { diskIpamStore } from '@vethra/ipam-disk'
import { iptablesRules } from '@vethra/iptables'
import type { LockPlaces } from '@vethra/lock'
import { flockLock } from '@vethra/lock-flock'
import type { HostTools, PluginReport, PluginRunner } from '@vethra/plan'
import type { PluginExecOptions } from '@vethra/plugin-exec'
import { diskResultCache } from '@vethra/result-cache'
import {
  dataStorePath,
  type GivenSettings,
  loadSettings,
  type ResolvedSettings,
  type Settings,
} from '@vethra/settings'
import { explain } from '@vethra/spec'
import type { Io } from './io.ts'

const runtime = '/run/vethra'
const attachments = '/var/lib/vethra/attachments'

/** The adapters that commands act with, made from the settings. */
export interface Tools {
  readonly resolved: ResolvedSettings
  readonly settings: Settings
  readonly host: HostTools
  readonly ipam: IpamStore
  readonly containers: ReturnType<typeof containerStore>
  readonly hosts: HostsStore
  readonly networks: ReturnType<typeof confDir>
}

/** Loads the settings and makes the adapters. Throws CniError 103 for settings that are wrong. */
export async function openTools(flags: GivenSettings, io: Io): Promise<Tools> {
  const resolved = await loadSettings({ flags, env: io.env, read: readText, existing: existsSync })
  const { settings } = resolved
  const { namespace, cniCache } = settings
  const dataStore = dataStorePath(settings.dataRoot, await resolveAddress(settings.address))
  const lock = flockLock({ removeBelow: runtime })
  const places: LockPlaces = {
    netconf: settings.cniNetconfpath,
    dataStore,
    runtime,
    networks: `${cniCache}/networks`,
  }
  const runner = await newRunner({
    path: settings.cniPath,
    env: io.env,
    timeoutMs: settings.pluginTimeoutMs,
    outputLimit: settings.pluginOutputLimit,
    ...(settings.logLevel === 'debug' ? { onReport: (report) => tell(report, io) } : {}),
  })
  const records = diskAttachmentRecords({ dir: attachments })
  const netns = { idOf: netnsId, pluginsEnded }
  const cache = diskResultCache({ dir: cniCache })
  return {
    resolved,
    settings,
    host: { runner, cache, lock, rules: iptablesRules(), places, records, netns },
    ipam: diskIpamStore({ dataDir: places.networks }),
    containers: containerStore({ dataStore, namespace, lock }),
    hosts: diskHostsStore({
      dir: `${dataStore}/etchosts`,
      namespace,
      lock,
      indexes: `${runtime}/hosts/${basename(dataStore)}`,
      onFault: (fault) => warn(fault, io),
    }),
    networks: confDir({ dir: settings.cniNetconfpath, namespace, lock }),
  }
}

function tell({ call, path, status, elapsedMs, stderr }: PluginReport, io: Io): void {
  const wrote = stderr.trim() === '' ? '' : `: ${stderr.trim()}`
  io.complain(`debug: ${call.operation} ${path} ${Math.round(elapsedMs)} ms, ${status}${wrote}`)
}

// Each runtime loads only its own way to start a program: execa costs the executable start-up time.
async function newRunner(options: PluginExecOptions): Promise<PluginRunner> {
  return 'bun' in process.versions
    ? (await import('@vethra/plugin-exec-bun')).bunPluginExec(options)
    : (await import('@vethra/plugin-exec')).pluginExec(options)
}

function warn(fault: unknown, io: Io): void {
  for (const line of explain(fault)) io.complain(line.replace(/^error/, 'warning'))
}
