import type { HostEffects, LinkCounters } from './host-effects.ts'
import type { OtherSigns } from './memory.ts'

/** Facts of the host, and effects on it. */
export interface HostFacts extends HostEffects {
  /** The host's name, without its domain unless it was set so. */
  hostName(): string
  /** Its resolv.conf, or the one behind systemd-resolved's stub where `usesStub` says so; empty when there is none. */
  resolvConf(usesStub: (text: string) => boolean): Promise<string>
  /** Its hosts file; empty when there is none. */
  hostsFile(): Promise<string>
  /** The ports that the kernel hands out by itself, first and last included. */
  ephemeralPorts(): Promise<{ readonly first: number; readonly last: number }>
  /**
   * The ports that are listened on: TCP sockets that listen, UDP sockets without a peer, SCTP endpoints. `netns`: the path
   * of another network namespace; default: the own one. Throws CniError 8 for one that cannot be entered.
   */
  listeningPorts(netns?: string): Promise<readonly ListeningPort[]>
  /** The processes that have sockets open, by the inode of the socket; those out of sight are missing. */
  socketHolders(inodes: ReadonlySet<string>): Promise<ReadonlyMap<string, SocketHolder>>
  /** The counters of all interfaces, in the kernel's order. */
  linkCounters(): Promise<readonly LinkCounters[]>
  /** Containers that may still live, ours and others', as far as caches and records do not tell. */
  otherSigns(): Promise<OtherSigns>
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
