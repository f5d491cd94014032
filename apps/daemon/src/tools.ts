import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { LockPlaces } from '@vethra/cni'
import { confDir } from '@vethra/conf-dir'
import { containerStore, storedNamespaces } from '@vethra/container-store'
import type { DoctorTools, ManageTools } from '@vethra/engine'
import { type HostTools, loadSettings, reportLines, stageRunner } from '@vethra/engine'
import { diskHostsStore } from '@vethra/etchosts'
import { readText, rewriteWhole } from '@vethra/files'
import { dnsOf } from '@vethra/ipam'
import { diskIpamStore } from '@vethra/ipam-disk'
import {
  askFirewallPlugin,
  defaultRoute,
  deleteLink,
  findLink,
  hostKernel,
  hostPrefixes,
  iptablesRules,
  namespaceFacts,
  pluginFile,
  resolveAddress,
  signsOnHost,
  taskState,
} from '@vethra/linux'
import { flockLock } from '@vethra/lock-flock'
import { diskAttachmentRecords, diskResultCache } from '@vethra/memory'
import type { PluginExecOptions } from '@vethra/plugin-exec'
import { portHolder } from '@vethra/port-holder'
import {
  dataStorePath,
  type GivenSettings,
  type ResolvedSettings,
  type Settings,
} from '@vethra/settings'
import type { ConfDir, IpamStore, PluginRunner, PortHolder, StageCall } from '@vethra/world'
import type { Io } from './io.ts'

const runtimeDir = '/run/vethra'
const attachmentsDir = '/var/lib/vethra/attachments'

/** Where things lie, by the settings. */
export interface Grounds {
  readonly resolved: ResolvedSettings
  readonly settings: Settings
  readonly places: LockPlaces
}

/** The adapters that the daemon acts with. */
export interface Tools {
  readonly manage: (namespace: string) => ManageTools
  readonly doctor: DoctorTools
  /** Folders in which a change may be one of what should be, or of what is. */
  readonly watched: readonly string[]
}

/** Loads the settings. Throws CniError 103 for those that are wrong. */
export async function loadGrounds(flags: GivenSettings, io: Io): Promise<Grounds> {
  const resolved = await loadSettings({ flags, env: io.env, read: readText, existing: existsSync })
  const { settings } = resolved
  const places: LockPlaces = {
    netconf: settings.cniNetconfpath,
    dataStore: dataStorePath(settings.dataRoot, resolveAddress(settings.address)),
    runtime: runtimeDir,
    networks: `${settings.cniCache}/networks`,
  }
  return { resolved, settings, places }
}

/** Makes the adapters. `onFault` receives errors of writing the hosts files of peers. */
export async function openTools(
  grounds: Grounds,
  io: Io,
  onFault: (fault: unknown) => void,
): Promise<Tools> {
  const adapters = await openAdapters(grounds, io, onFault)
  const { dataStore, networks } = grounds.places
  const { cniNetconfpath, cniCache } = grounds.settings
  return {
    manage: (namespace) => manageTools(grounds, adapters, namespace),
    doctor: doctorTools(grounds, adapters, io),
    watched: [
      cniNetconfpath,
      ...['containers', 'etchosts', 'names'].map((each) => `${dataStore}/${each}`),
      attachmentsDir,
      `${cniCache}/results`,
      networks,
      '/run/netns',
    ],
  }
}

interface Adapters {
  readonly host: HostTools
  readonly ports: PortHolder
  readonly ipamAt: (dataDir: string) => IpamStore
  readonly memory: DoctorTools['memory']
  readonly networks: (namespace: string) => ConfDir
  readonly containers: (namespace: string) => ReturnType<typeof containerStore>
  readonly hosts: (namespace: string) => ReturnType<typeof diskHostsStore>
}

async function openAdapters(
  { settings, places }: Grounds,
  io: Io,
  onFault: (fault: unknown) => void,
): Promise<Adapters> {
  const { dataStore, runtime } = places
  const lock = flockLock({ removeBelow: runtime })
  const records = diskAttachmentRecords({ dir: attachmentsDir })
  const cache = diskResultCache({ dir: settings.cniCache })
  const ipamAt = (dataDir: string) => diskIpamStore({ dataDir, lock, indexDir: `${runtime}/ipam` })
  const runner = await newRunner(
    {
      path: settings.cniPath,
      env: io.env,
      timeoutMs: settings.pluginTimeoutMs,
      outputLimit: settings.pluginOutputLimit,
      onReport: (report) => {
        for (const line of reportLines(report, false)) onFault(new Error(line))
      },
    },
    ipamAt,
  )
  const netns = namespaceFacts()
  return {
    host: {
      ...{ runner, cache, lock, rules: iptablesRules(), places, records, netns },
      plugins: settings.plugins,
      onRemains: onFault,
    },
    ports: portHolder({ dir: `${runtime}/ports`, program: io.program }),
    ipamAt,
    memory: async () => {
      const [recorded, cached] = await Promise.all([records.survey(), cache.survey()])
      const of = (kind: 'record' | 'result') => (file: string) => ({ of: kind, file })
      return {
        records: recorded.records,
        cached: cached.entries,
        damaged: [...recorded.damaged.map(of('record')), ...cached.damaged.map(of('result'))],
      }
    },
    networks: (namespace) => confDir({ dir: settings.cniNetconfpath, namespace, lock }),
    containers: (namespace) => containerStore({ dataStore, namespace, lock }),
    hosts: (namespace) =>
      diskHostsStore({
        dir: `${dataStore}/etchosts`,
        namespace,
        lock,
        indexes: `${runtime}/hosts/${basename(dataStore)}`,
        onFault,
      }),
  }
}

function manageTools(
  { settings, places }: Grounds,
  { host, ports, ipamAt, networks, containers, hosts }: Adapters,
  namespace: string,
): ManageTools {
  const { cniPath } = settings
  return {
    settings: { ...settings, namespace },
    host,
    networks: networks(namespace),
    containers: containers(namespace),
    hosts: hosts(namespace),
    ports,
    ipam: ipamAt(places.networks),
    ipamAt,
    files: { read: readText, write: rewriteWhole },
    effects: {
      hostPrefixes,
      defaultRoute,
      deleteLink,
      taskState,
      findLink,
      exists: async (path) => existsSync(path),
      hasPlugin: async (type) => (await pluginFile(type, cniPath)) !== undefined,
      askFirewallPlugin: (policy) => askFirewallPlugin(policy, cniPath),
    },
  }
}

function doctorTools(
  { settings, places: { dataStore, runtime } }: Grounds,
  { host, ports, ipamAt, memory, networks, containers, hosts }: Adapters,
  { now }: Io,
): DoctorTools {
  return {
    host,
    ports,
    kernel: hostKernel(),
    namespaces: async () => [
      ...new Set([...(await storedNamespaces(dataStore)), settings.namespace]),
    ],
    inNamespace: (namespace) => ({
      networks: networks(namespace),
      containers: containers(namespace),
      hosts: hosts(namespace),
    }),
    ipam: ipamAt,
    otherSigns: () => signsOnHost(settings.dataRoot),
    memory,
    folders: [
      { path: dataStore, lasting: true },
      { path: attachmentsDir, lasting: true },
      { path: settings.cniCache, lasting: true },
      { path: runtime, lasting: false },
    ],
    clock: { now, sleep: async (ms) => void (await setTimeout(ms)) },
  }
}

// Each runtime loads only its own way to start a program, as in the other apps.
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
