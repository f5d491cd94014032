import type {
  FolderAccess,
  ObservedBridgeEntry,
  ObservedFlow,
  ObservedHost,
  ObservedState,
  ObservedTrafficFilter,
  OpenEntry,
  RepairedBridge,
  RepairedLink,
  SeenPath,
} from '@vethra/findings'

/** The kernel's state, and the repairs that a doctor makes in it. */
export interface Kernel {
  /** The interfaces, routes and neighbour entries of the host. Throws CniError 5 and 100. */
  network(): Promise<SeenNetwork>
  /** The conntrack entries of forwarded UDP packets, as far as the kernel lists them. */
  flows(): Promise<readonly ObservedFlow[]>
  /** The entries of bridges that were made, and not learned; none where they cannot be listed. */
  bridgeEntries(): Promise<readonly ObservedBridgeEntry[]>
  /** Where filters of tc(8) drop packets of an interface or send them elsewhere; none where they cannot be listed. */
  trafficFilters(): Promise<readonly ObservedTrafficFilter[]>
  /** Further facts. Parts that cannot be read are left out, and named in `unknown`. */
  facts(): Promise<KernelFacts>
  /** The file system that a path is on, or would be. */
  fileSystem(path: string): Promise<string>
  /** The owner and permission bits of a folder; undefined where it is missing, or not for us to see. Throws CniError 5. */
  access(path: string): Promise<FolderAccess | undefined>
  /** Files and folders below a folder that other users own or can write to: the first ten, of 50,000 entries at most. */
  openWithin(path: string): Promise<readonly OpenEntry[]>
  /** The kind of each path, in their order: `a file`, `a folder`, `a link to a folder`, `nothing`. */
  whatIsAt(paths: readonly string[]): Promise<readonly SeenPath[]>
  /** Whether a process that this one sees has a text as one of its arguments. */
  isNamed(argument: string): Promise<boolean>
  /** The mounts of a container, by the path of its network namespace, whose file was removed or replaced. Throws CniError 5. */
  deletedMounts(netns: string): Promise<readonly DeletedMount[]>
  /** Makes a bridge where it is missing, brings it up and gives it the addresses that it lacks. Throws CniError 5. */
  restoreBridge(bridge: RepairedBridge): Promise<void>
  /** Makes a link a port of a bridge, gives it its MAC and settings, where they are given, and brings it up. Throws CniError 5. */
  restoreLink(link: RepairedLink): Promise<void>
}

/** A mount whose file is there no more. */
export interface DeletedMount {
  /** Where it is mounted: `/etc/hosts`. */
  readonly point: string
  /** The file as its file system names it: it may lie below a mount point of the host. */
  readonly file: string
}

/** Interfaces, routes but default ones and the kernel's own, rules and neighbour entries of the host's network namespace. */
export type SeenNetwork = Required<Pick<ObservedState, 'links' | 'routes' | 'rules' | 'neighbours'>>

/** The kernel's facts about the host as a whole. */
export type KernelFacts = Pick<
  ObservedHost,
  | 'filtersBridges'
  | 'firewallManagers'
  | 'firewalldSources'
  | 'tables'
  | 'queues'
  | 'tracked'
  | 'forwards'
  | 'hiddenRules'
  | 'unknown'
>
