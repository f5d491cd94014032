import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { explain, type LockPlaces } from '@vethra/cni'
import { confDir } from '@vethra/conf-dir'
import { containerStore } from '@vethra/container-store'
import type { DefaultNetworkTools } from '@vethra/engine'
import { type HostTools, loadSettings, reportLines, stageRunner, stepLines } from '@vethra/engine'
import { readText } from '@vethra/files'
import { dnsOf } from '@vethra/ipam'
import { diskIpamStore } from '@vethra/ipam-disk'
import {
  type AppArmorHost,
  appArmorHost,
  bringLoopbackUp,
  defaultRoute,
  hostPrefixes,
  iptablesRules,
  namespaceFacts,
  resolveAddress,
} from '@vethra/linux'
import { flockLock } from '@vethra/lock-flock'
import { diskAttachmentRecords, diskResultCache } from '@vethra/memory'
import type { PluginExecOptions } from '@vethra/plugin-exec'
import { portHolder } from '@vethra/port-holder'
import { dataStorePath, type GivenSettings, type Settings } from '@vethra/settings'
import type { HostsStore, IpamStore, PluginRunner, PortHolder, StageCall } from '@vethra/world'
import type { Io } from './io.ts'

const runtime = '/run/vethra'
const attachments = '/var/lib/vethra/attachments'

/** The adapters that the hook acts with, made from its settings. */
export interface Tools {
  readonly settings: Settings
  readonly host: HostTools
  readonly containers: (namespace: string) => ReturnType<typeof containerStore>
  readonly hosts: (namespace: string) => Promise<HostsStore>
  readonly networks: (namespace: string) => ReturnType<typeof confDir>
  readonly effects: DefaultNetworkTools['effects']
  readonly ports: PortHolder
  readonly appArmor: AppArmorHost
  /** Brings up `lo` in a network namespace. */
  readonly bringLoopbackUp: (netns: string) => Promise<void>
}

/** Makes the adapters. `nerdctl` is true for nerdctl's own hook line, whose data root is nerdctl's. */
export async function openTools(flags: GivenSettings, nerdctl: boolean, io: Io): Promise<Tools> {
  const { settings } = await loadSettings({
    flags,
    env: io.env,
    read: readText,
    existing: existsSync,
    ...(nerdctl ? { defaultDataRoot: '/var/lib/nerdctl' } : {}),
  })
  const dataStore = dataStorePath(settings.dataRoot, resolveAddress(settings.address))
  const lock = flockLock({ removeBelow: runtime })
  const places: LockPlaces = {
    netconf: settings.cniNetconfpath,
    dataStore,
    runtime,
    networks: `${settings.cniCache}/networks`,
  }
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
  const records = diskAttachmentRecords({ dir: attachments })
  const netns = namespaceFacts()
  const cache = diskResultCache({ dir: settings.cniCache })
  return {
    settings,
    host: {
      ...{ runner, cache, lock, rules: iptablesRules(), places, records, netns, ...steps },
      plugins: settings.plugins,
    },
    containers: (namespace) => containerStore({ dataStore, namespace, lock }),
    // The first plugin starts before it is loaded.
    hosts: async (namespace) => {
      const { diskHostsStore } = await import('@vethra/etchosts')
      return diskHostsStore({
        dir: `${dataStore}/etchosts`,
        namespace,
        lock,
        indexes: `${runtime}/hosts/${basename(dataStore)}`,
        onFault: (fault) => warn(fault, io),
      })
    },
    effects: { hostPrefixes, defaultRoute },
    networks: (namespace) => confDir({ dir: settings.cniNetconfpath, namespace, lock }),
    appArmor: appArmorHost(),
    bringLoopbackUp,
    ports: portHolder({ dir: `${runtime}/ports`, program: io.program }),
  }
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

function warn(fault: unknown, io: Io): void {
  for (const line of explain(fault)) io.complain(line.replace(/^error/, 'warning'))
}
