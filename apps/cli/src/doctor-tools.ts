import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { confDir } from '@vethra/conf-dir'
import { containerStore, storedNamespaces } from '@vethra/container-store'
import type { DoctorTools } from '@vethra/engine'
import { diskHostsStore } from '@vethra/etchosts'
import { diskIpamStore } from '@vethra/ipam-disk'
import { hostKernel, signsOnHost } from '@vethra/linux'
import { portHolder } from '@vethra/port-holder'
import type { GivenSettings } from '@vethra/settings'
import { attachmentsDir, openHostSide } from './host-side.ts'
import type { Io } from './io.ts'

/** Loads the settings and makes what a doctor looks and acts with, in all namespaces. */
export async function openDoctor(flags: GivenSettings, io: Io): Promise<DoctorTools> {
  const { host, settings, memory } = await openHostSide(flags, io)
  const { lock, places } = host
  const { dataStore, runtime } = places
  return {
    host,
    kernel: hostKernel(),
    namespaces: async () => [
      ...new Set([...(await storedNamespaces(dataStore)), settings.namespace]),
    ],
    inNamespace: (namespace) => ({
      networks: confDir({ dir: settings.cniNetconfpath, namespace, lock }),
      containers: containerStore({ dataStore, namespace, lock }),
      hosts: diskHostsStore({
        dir: `${dataStore}/etchosts`,
        namespace,
        lock,
        indexes: `${runtime}/hosts/${basename(dataStore)}`,
      }),
    }),
    ipam: (dataDir) => diskIpamStore({ dataDir, lock, indexDir: `${runtime}/ipam` }),
    ports: portHolder({ dir: `${runtime}/ports`, program: io.program }),
    otherSigns: () => signsOnHost(settings.dataRoot),
    memory,
    folders: [
      { path: dataStore, lasting: true },
      { path: attachmentsDir, lasting: true },
      { path: settings.cniCache, lasting: true },
      { path: runtime, lasting: false },
    ],
    clock: { now: io.now, sleep: async (ms) => void (await setTimeout(ms)) },
  }
}
