import type { ContainerRef } from '@vethra/cni'
import type { FirewallAnswers } from '@vethra/networks'
import type { SeenFeature } from '@vethra/state'
import type { OtherSigns } from './memory.ts'

/** Facts of the host, and two changes of its interfaces. Throws CniError 5 where the host refuses, 100 where a program is missing. */
export interface HostFacts {
  /** The host's name, without its domain unless it was set so. */
  hostName(): string
  /** Its resolv.conf, or the one behind systemd-resolved's stub where `usesStub` says so; empty when there is none. */
  resolvConf(usesStub: (text: string) => boolean): Promise<string>
  /** Its hosts file; empty when there is none. */
  hostsFile(): Promise<string>
  /** The ports that the kernel hands out by itself, first and last included. */
  ephemeralPorts(): Promise<{ readonly first: number; readonly last: number }>
  /** Listening TCP sockets, UDP sockets without a peer, SCTP endpoints, of `netns` or the own one. Throws CniError 8 for the former. */
  listeningPorts(netns?: string): Promise<readonly ListeningPort[]>
  /** The processes that have sockets open, by the inode of the socket; those out of sight are missing. */
  socketHolders(inodes: ReadonlySet<string>): Promise<ReadonlyMap<string, SocketHolder>>
  /** The counters of all interfaces, in the kernel's order. */
  linkCounters(): Promise<readonly LinkCounters[]>
  /** Containers that may still live, ours and others', as far as caches and records do not tell. */
  otherSigns(): Promise<OtherSigns>
  /** The prefixes that its addresses and its routes, but default ones, use. */
  hostPrefixes(): Promise<readonly UsedByHost[]>
  /** Its way out, with the MTU where it is known; undefined without one. */
  defaultRoute(): Promise<{ readonly device: string; readonly mtu?: number } | undefined>
  /** An interface of the host; undefined when there is none of this name. */
  findLink(name: string): Promise<{ readonly mtu: number; readonly loopback: boolean } | undefined>
  /** Whether a CNI plugin is installed: found in the folders of CNI_PATH. */
  hasPlugin(type: string): Promise<boolean>
  /** The kernel's features that networks can need, in the order of `kernelFeatures`. Nothing is made or loaded to see. */
  kernelFeatures(): Promise<readonly SeenFeature[]>
  /** Whether a process answers at a Unix socket of the host. */
  isListening(path: string): Promise<boolean>
  /** The firewall plugin's version output, and its ADD with an ingress policy where that does no harm; undefined when missing. */
  askFirewallPlugin(ingressPolicy: string): Promise<FirewallAnswers | undefined>
  /** The content of the state file of a container that containerd runs, runc's or crun's; undefined when nothing can be read. */
  taskState(namespace: string, id: string): Promise<string | undefined>
  /** Those of some containers that containerd has in its records, running or not; none where it does not answer. */
  knownContainers(refs: readonly ContainerRef[]): Promise<readonly ContainerRef[]>
  /** The tables of portmap's nftables backend, as `nft -j` prints them; none without nft. */
  hostportTables(): Promise<readonly string[]>
  /** Whether the control group of a process is frozen, as by `runc pause`. False where that cannot be read. */
  isFrozen(pid: number): Promise<boolean>
  /** The name that nerdctl's own data store has of a container; empty where it has none, or nothing can be read. */
  nerdctlName(namespace: string, id: string): Promise<string>
  /** Deletes an interface; false when there is none. Throws CniError 5 when it cannot be deleted. */
  deleteLink(name: string): Promise<boolean>
  /** Writes a mark into the alias of an interface; false when there is none. Throws CniError 5 when it cannot be written. */
  markLink(name: string, mark: string): Promise<boolean>
}

/** How many octets an interface of the host has passed since it was made. */
export interface LinkCounters {
  readonly name: string
  /** The bridge that it is a port of; absent when it is none's. */
  readonly master?: string
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** A prefix that the host already uses. */
export interface UsedByHost {
  readonly source: 'address' | 'route'
  /** `192.0.2.2/24`: host bits stand as they are. */
  readonly prefix: string
  /** The interface; empty for a route that leads to none, such as a blackhole. */
  readonly interface: string
}

/** A port that a socket of the host has. */
export interface ListeningPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** `0.0.0.0` and `::` for all addresses; a `::` of a dual-stack socket takes IPv4 too. */
  readonly address: string
  readonly port: number
  /** The socket's, which `socketHolders` goes by. */
  readonly inode: string
}

/** A process that has a socket open. */
export interface SocketHolder {
  readonly pid: number
  /** Its name, as `ps -o comm` shows it; empty when it has just ended. */
  readonly command: string
}
