import {
  askFirewallPlugin,
  defaultRoute,
  deleteLink,
  ephemeralPorts,
  findLink,
  pluginFolders as foldersOf,
  hostFeatures,
  hostKernel,
  hostPrefixes,
  hostportTables,
  isFrozen,
  isListening,
  linkCounters,
  listeningPorts,
  markLink,
  resolveAddress,
  signsOnHost,
  socketHolders,
  taskState,
} from '@vethra/linux'
import { pluginFile } from '@vethra/plugin-exec/programs'
import { atHome, dataStorePath, type Settings } from '@vethra/settings'
import type { HostFacts } from '@vethra/world'
import { homes, runtime } from './folders-here.ts'

/** The facts of a host that the start of a container does not ask for, and effects on it. */
type SeldomFacts = Omit<HostFacts, 'hostName' | 'resolvConf' | 'hostsFile'>

/** The facts of this host that no start of a container asks for, and effects on it, by the settings. */
export function seldomFacts({ cniPath, dataRoot, address }: Settings): SeldomFacts {
  return {
    hostPrefixes,
    defaultRoute,
    findLink,
    deleteLink,
    markLink,
    taskState,
    knownContainers: async (refs) =>
      (await import('@vethra/cri')).knownContainers({ address, timeoutMs: 500 }, refs),
    isFrozen,
    hostportTables,
    nerdctlName: async (namespace, id) => {
      const store = dataStorePath(atHome(homes, '/var/lib/nerdctl'), resolveAddress(address))
      const { storedName } = await import('@vethra/etchosts')
      return storedName(`${store}/etchosts`, namespace, id)
    },
    isListening,
    kernelFeatures: () => hostFeatures(),
    hasPlugin: async (type) => pluginFile(type, cniPath) !== undefined,
    askFirewallPlugin: (policy) => askFirewallPlugin(policy, cniPath),
    ephemeralPorts,
    listeningPorts,
    socketHolders,
    linkCounters,
    otherSigns: () => signsOnHost(dataRoot, runtime),
  }
}

export { foldersOf, hostKernel }
