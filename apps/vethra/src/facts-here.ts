import {
  askFirewallPlugin,
  defaultRoute,
  deleteLink,
  ephemeralPorts,
  findLink,
  pluginFolders as foldersOf,
  hostFeatures,
  hostKernel,
  hostName,
  hostPrefixes,
  isListening,
  linkCounters,
  listeningPorts,
  markLink,
  pluginFile,
  readHostResolvConf,
  readHostsFile,
  signsOnHost,
  socketHolders,
  taskState,
} from '@vethra/linux'
import type { Settings } from '@vethra/settings'
import type { HostFacts } from '@vethra/world'

/** The facts of this host, and effects on it. */
export function factsHere({ cniPath, dataRoot }: Settings): HostFacts {
  return {
    hostPrefixes,
    defaultRoute,
    findLink,
    deleteLink,
    markLink,
    taskState,
    isListening,
    kernelFeatures: () => hostFeatures(),
    hasPlugin: async (type) => (await pluginFile(type, cniPath)) !== undefined,
    askFirewallPlugin: (policy) => askFirewallPlugin(policy, cniPath),
    hostName,
    resolvConf: readHostResolvConf,
    hostsFile: readHostsFile,
    ephemeralPorts,
    listeningPorts,
    socketHolders,
    linkCounters,
    otherSigns: () => signsOnHost(dataRoot),
  }
}

export { foldersOf, hostKernel }
