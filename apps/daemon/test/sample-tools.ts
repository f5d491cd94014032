import type { ManageTools } from '@vethra/engine'
import { memoryIpamStore } from '@vethra/memory-world'
import { resolveSettings } from '@vethra/settings'

const text =
  '{"cniVersion":"1.0.0","name":"lan","nerdctlID":"0123456789abcdef","plugins":[{"type":"bridge","ipam":{"type":"host-local"}}]}'

/** For tests: a host with the network lan, the container web, and an address of lan that is reserved for it. */
export async function sampleTools(): Promise<ManageTools> {
  const { settings } = resolveSettings({ flags: {}, env: {}, existing: () => false })
  const dataDir = '/var/lib/cni/networks'
  const reservations = memoryIpamStore()
  const address = { family: 4, value: 0x0a040102n } as const
  const holder = { containerId: 'default-web', ifname: 'eth0' }
  await reservations.reserveFirst('lan', { ...holder, set: 0, candidates: () => [address] })
  const ipamAt = async (dir: string) => (dir === dataDir ? reservations : memoryIpamStore())
  return {
    settings,
    host: {
      cache: { ...empty, check: nothing },
      records: empty,
      rules: { save: none, restore: nothing },
      lock: { hold: (_, work) => work() },
      places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: dataDir },
      runner: { run: refused },
      netns: {
        look: async () => ({ netnsId: '', found: 'missing' }),
        interfaceIn: nothing,
        changeablePart: () => undefined,
        hasLink: async () => false,
        linksIn: async () => [],
        linkAt: nothing,
        nonce: () => 'n',
        pluginsEnded: nothing,
      },
    },
    networks: {
      list: async () => [{ file: '/c/nerdctl-lan.conflist', text }],
      listOthers: none,
      dropIns: none,
      fileOf: (name) => `/c/nerdctl-${name}.conflist`,
      create: refused,
      keep: refused,
      kept: none,
      restore: refused,
      remove: refused,
      exclusively: (work) => work(),
    },
    containers: {
      folder: (id) => `/d/containers/default/${id}`,
      prepare: refused,
      list: async () => ['web'],
      find: async (ref) => (ref === 'web' ? ref : undefined),
      decisions: none,
      remove: refused,
      write: refused,
      read: nothing,
      writeMounted: refused,
      startLog: refused,
      appendLog: refused,
      claimName: refused,
      releaseName: refused,
      nameHolder: nothing,
      heldNames: none,
    },
    hosts: {
      path: (id) => `/d/etchosts/default/${id}/hosts`,
      prepare: refused,
      acquire: refused,
      release: refused,
      rename: refused,
      remove: refused,
      read: nothing,
      list: none,
    },
    ports: { hold: refused, release: refused, list: none },
    ipamAt,
    effects: {
      hostPrefixes: none,
      defaultRoute: nothing,
      findLink: nothing,
      hostportTables: none,
      isFrozen: async () => false,
      hasPlugin: async () => true,
      kernelFeatures: none,
      isListening: async () => false,
      askFirewallPlugin: nothing,
      taskState: nothing,
      knownContainers: none,
      nerdctlName: async () => '',
      deleteLink: refused,
      markLink: refused,
      hostName: () => 'host',
      resolvConf: async () => '',
      hostsFile: async () => '',
      ephemeralPorts: async () => ({ first: 32768, last: 60999 }),
      listeningPorts: none,
      socketHolders: async () => new Map(),
      linkCounters: none,
      otherSigns: async () => ({ known: new Set(), namespaces: new Set(), running: new Set() }),
    },
    files: { read: nothing, rewrite: refused, write: refused, realPath: refused },
  }
}

const none = async () => []
const nothing = async () => undefined
const refused = () => Promise.reject(new Error('a sample is only read'))
const empty = { read: nothing, list: none, write: refused, remove: refused, flush: nothing }
