import type { CniError, LockPlaces } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import type { PodNames } from '@vethra/container'
import type { PluginChoice } from '@vethra/plugins'
import type { ResolvedSettings } from '@vethra/settings'
import type { AttachmentKernel } from './attachment-kernel.ts'
import type { AttachmentRecords } from './attachment-records.ts'
import type { Clock } from './clock.ts'
import type { ConfDir } from './conf-dir.ts'
import type { ContainerStore } from './container-store.ts'
import type { DnsSockets } from './dns-sockets.ts'
import type { Events } from './events.ts'
import type { Files } from './files.ts'
import type { HostFacts } from './host-facts.ts'
import type { Kernel } from './host-kernel.ts'
import type { HostsFolders, HostsStore } from './hosts-store.ts'
import type { IpamStore } from './ipam-store.ts'
import type { Lock } from './lock.ts'
import type { Memory } from './memory.ts'
import type { NamespaceFacts } from './namespace-facts.ts'
import type { PluginFolders } from './plugin-folders.ts'
import type { PluginRunner } from './plugin-runner.ts'
import type { PortHolder } from './port-holder.ts'
import type { ResultCache } from './result-cache.ts'
import type { BypassDaemon, RootlessKit, UserFacts } from './rootless-kit.ts'
import type { RuleSets } from './rule-sets.ts'
import type { HostWatch, Service, WatchHearer } from './service.ts'

/** Called when a step of an operation begins; the function that it returns, when that step has ended in success or failure. */
export type StepLog = (name: string) => () => void

/** Every port of one host, made by its settings. A port that not every start needs is a function that loads its adapter. */
export interface World {
  /** The settings, and where each is from. */
  readonly resolved: ResolvedSettings
  readonly runner: PluginRunner
  /** Which plugins of an ADD run in this process. Default: none. */
  readonly plugins?: PluginChoice
  /** The results of attachments. */
  readonly cache: ResultCache
  /** The mark that makes an attachment ours. */
  readonly records: AttachmentRecords
  /** The facts about namespaces and processes. */
  readonly netns: NamespaceFacts
  /** The packet filter, as text. */
  readonly rules: RuleSets
  readonly places: LockPlaces
  readonly lock: Lock
  /** Called for each step of an operation. Default: none. */
  readonly steps?: StepLog
  /** Gets what may remain of an attachment that is forgotten without having been undone whole. */
  readonly onRemains: (remains: CniError) => void
  /** The history of commands on this host, for `vethra events`. */
  readonly events: Events
  readonly clock: Clock
  readonly files: Files
  /** The same lock as `lock`, but it gives up at once. */
  readonly lockNow: Lock
  /** The holder of published ports while containers live. */
  readonly ports: PortHolder
  /** RootlessKit, whose child this process is; absent on a host of its own. */
  readonly rootless?: RootlessKit
  /** bypass4netnsd of the same user; absent on a host of its own. */
  readonly bypass?: BypassDaemon
  /** The conf lists of a containerd namespace. */
  networks(namespace: string): ConfDir
  /** Another program's conf lists and JSON files, as `ConfDir.list` lists ours. Throws CniError 7 for more than 1000. */
  confFilesIn(folder: string): Promise<readonly ConfFileText[]>
  /** The containers of a containerd namespace. */
  containers(namespace: string): ContainerStore
  /** The hosts files of a containerd namespace. */
  hosts(namespace: string): Promise<HostsStore & HostsFolders>
  /** The containerd namespaces that DATA_STORE knows, and the one of the settings. */
  namespaces(): Promise<readonly string[]>
  /** The reservations below a `dataDir`. */
  ipam(dataDir: string): Promise<IpamStore>
  /** All that is remembered of attachments. */
  memory(): Promise<Memory>
  /** The folders that state is kept in. */
  folders(): readonly WatchedFolder[]
  /** Throws CniError 8 unless a path is a network namespace. */
  checkNetns(path: string): Promise<void>
  /** Brings up `lo` in a network namespace; does nothing when it is up. Throws CniError 8 when it cannot be entered. */
  bringLoopbackUp(netns: string): Promise<void>
  /** Loads nerdctl's AppArmor profile where it is missing; true when it did. Throws CniError 100 without apparmor_parser(8), 5 with its words. */
  loadAppArmorProfile(): Promise<boolean>
  /** Facts of the host, and effects on it. */
  facts(): Promise<HostFacts>
  /** The user that this process is of. */
  userFacts(): Promise<UserFacts>
  /** The folders of CNI plugins. */
  pluginFolders(): Promise<PluginFolders>
  /** The kernel as plugins in this process need it. Absent where this runtime has no way to its sockets. */
  kernel?(): Promise<AttachmentKernel>
  /** A DHCP server's resolvers for a leased address, at most three; none within a second. Absent where this runtime cannot ask. */
  leaseResolvers?(interfaceIn: LeasedInterface): Promise<readonly string[]>
  /** Gives memory that is not needed any more back to the system; takes some 10 ms. Absent where this runtime has no way to it. */
  collectGarbage?(): Promise<void>
  /** The sockets of a resolver. Absent where this runtime cannot take over sockets. */
  dnsSockets?(): Promise<DnsSockets>
  /** The kernel as a doctor sees and mends it. */
  hostKernel(): Promise<Kernel>
  /** Names of pods by their sandbox's id, of the CRI runtime in the settings. Empty without an answer in time. Absent where nobody asks. */
  sandboxes?(): Promise<ReadonlyMap<string, PodNames>>
  /** Watches everything that containers and networks depend on. */
  watch(hearer: WatchHearer): Promise<HostWatch>
  /** The service manager that started this process. */
  service(): Promise<Service>
}

/** The ports that list networks and containers. */
export type Lists = Pick<
  World,
  | 'resolved'
  | 'networks'
  | 'containers'
  | 'hosts'
  | 'cache'
  | 'records'
  | 'netns'
  | 'facts'
  | 'rootless'
  | 'sandboxes'
>

/** An interface in a network namespace, and the IPv4 address that it was leased. */
export interface LeasedInterface {
  readonly netns: string
  readonly ifname: string
  readonly mac: string
  readonly address: string
}

/** A folder that state is kept in. */
export interface WatchedFolder {
  readonly path: string
  /** Whether what is in it is meant to outlive a boot. */
  readonly lasting: boolean
  /** The names of folders in it. */
  readonly folders: readonly string[]
}
