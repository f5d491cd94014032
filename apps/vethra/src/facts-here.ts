import { hostName, readHostResolvConf, readHostsFile } from '@vethra/linux'
import type { Settings } from '@vethra/settings'
import type { HostFacts } from '@vethra/world'

/** The facts of this host, and effects on it; each that few commands ask for is loaded when one does. */
export function factsHere(settings: Settings): HostFacts {
  const seldom = async () => (await import('./seldom-facts-here.ts')).seldomFacts(settings)
  return {
    hostName,
    resolvConf: readHostResolvConf,
    hostsFile: readHostsFile,
    hostPrefixes: async (...given) => (await seldom()).hostPrefixes(...given),
    defaultRoute: async (...given) => (await seldom()).defaultRoute(...given),
    findLink: async (...given) => (await seldom()).findLink(...given),
    deleteLink: async (...given) => (await seldom()).deleteLink(...given),
    markLink: async (...given) => (await seldom()).markLink(...given),
    taskState: async (...given) => (await seldom()).taskState(...given),
    knownContainers: async (...given) => (await seldom()).knownContainers(...given),
    isFrozen: async (...given) => (await seldom()).isFrozen(...given),
    hostportTables: async (...given) => (await seldom()).hostportTables(...given),
    nerdctlName: async (...given) => (await seldom()).nerdctlName(...given),
    isListening: async (...given) => (await seldom()).isListening(...given),
    kernelFeatures: async (...given) => (await seldom()).kernelFeatures(...given),
    hasPlugin: async (...given) => (await seldom()).hasPlugin(...given),
    askFirewallPlugin: async (...given) => (await seldom()).askFirewallPlugin(...given),
    ephemeralPorts: async (...given) => (await seldom()).ephemeralPorts(...given),
    listeningPorts: async (...given) => (await seldom()).listeningPorts(...given),
    socketHolders: async (...given) => (await seldom()).socketHolders(...given),
    linkCounters: async (...given) => (await seldom()).linkCounters(...given),
    otherSigns: async (...given) => (await seldom()).otherSigns(...given),
  }
}
