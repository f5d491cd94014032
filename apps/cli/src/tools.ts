import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { containerStore } from '@vethra/container-store'
import type { ManageTools } from '@vethra/engine'
import { diskHostsStore } from '@vethra/etchosts'
import { readText, rewriteWhole } from '@vethra/files'
import { diskIpamStore } from '@vethra/ipam-disk'
import {
  askFirewallPlugin,
  defaultRoute,
  deleteLink,
  findLink,
  hostPrefixes,
  pluginFile,
  taskState,
} from '@vethra/linux'
import { portHolder } from '@vethra/port-holder'
import type { GivenSettings } from '@vethra/settings'
import { type HostSide, openHostSide, warn } from './host-side.ts'
import type { Io } from './io.ts'

/** All adapters that commands act with. */
export type Tools = HostSide & ManageTools

/** Loads the settings and makes the adapters. Throws CniError 103 for settings that are wrong. */
export async function openTools(flags: GivenSettings, io: Io): Promise<Tools> {
  const side = await openHostSide(flags, io)
  const { lock, places } = side.host
  const { dataStore, runtime } = places
  const { namespace, cniPath } = side.settings
  const ipamAt = (dataDir: string) => diskIpamStore({ dataDir, lock, indexDir: `${runtime}/ipam` })
  return {
    ...side,
    ipam: ipamAt(places.networks),
    ipamAt,
    containers: containerStore({ dataStore, namespace, lock }),
    hosts: diskHostsStore({
      dir: `${dataStore}/etchosts`,
      namespace,
      lock,
      indexes: `${runtime}/hosts/${basename(dataStore)}`,
      onFault: (fault) => warn(fault, io),
    }),
    ports: portHolder({ dir: `${runtime}/ports`, program: io.program }),
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
