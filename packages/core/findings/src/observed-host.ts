import type { AttachmentKey, ContainerRef } from '@vethra/cni'
import type { FilterTable } from '@vethra/firewall'
import type { SeenFeature } from '@vethra/state'

/** A neighbour entry of the host. */
export interface ObservedNeighbour {
  readonly device: string
  /** `10.4.1.2`. */
  readonly address: string
  /** Lower case. */
  readonly mac: string
}

/** An entry of a bridge's forwarding table that was made, and not learned. */
export interface ObservedBridgeEntry {
  readonly bridge: string
  /** The port of the bridge that frames for the MAC leave by. */
  readonly device: string
  /** Lower case. */
  readonly mac: string
  /** Whether the host itself gets them instead. */
  readonly isLocal: boolean
  /** Absent for all. */
  readonly vlan?: number
}

/** A place at an interface of the host where filters of tc(8) drop packets or send them elsewhere. */
export interface ObservedTrafficFilter {
  readonly device: string
  readonly hook: 'ingress' | 'egress'
}

/** The target of the conntrack entry for a UDP port, whatever the rules say now. */
export interface ObservedFlow {
  readonly hostPort: number
  /** `10.4.1.2`. */
  readonly target: string
}

/** A route of the host. */
export interface ObservedRoute {
  /** `10.0.0.0/8`; default routes are none. */
  readonly prefix: string
  /** Empty for a route that leads to no interface. */
  readonly device: string
}

/** A rule of the routing policy; it is for any packet but for the fields that it has. */
export interface ObservedRule {
  readonly family: 4 | 6
  readonly priority: number
  /** `10.4.1.0/24`. */
  readonly from?: string
  readonly to?: string
  readonly iif?: string
  /** The table that it looks packets up in; absent where it does not. */
  readonly table?: string
  /** The interface by which all leaves that its table is asked for; absent where more is in the table. */
  readonly leadsBy?: string
  /** Whether that is all that it asks for. */
  readonly isPlain: boolean
  /** Whether packets end there, or in its table; else they are looked up in a table. */
  readonly refuses: boolean
  /** The words for ip(8) that name it behind its priority. */
  readonly selector: string
}

/** A path and what is there: `a file`, `an empty file`, `a folder`, `nothing`. */
export interface SeenPath {
  readonly path: string
  readonly what: string
}

/** A path where a file belongs, and whose it is: all networks' with an empty name. */
export type LostFile = SeenPath & (LostOfNetwork | ContainerRef)

interface LostOfNetwork {
  readonly network: string
  /** Whether a folder belongs there. Default false. */
  readonly isFolder?: boolean
  /** Whether what is there may be needed. Default false. */
  readonly keep?: boolean
}

/** A conf list that no attachment uses, since another file, `by`, comes before it and defines the same network. */
export interface ShadowedConf {
  readonly network: string
  readonly file: string
  readonly by: string
}

/** Something that somebody added inside of a container. */
export interface LedAway {
  readonly attachment: AttachmentKey
  readonly netns: string
  /** The command that deletes it, inside. */
  readonly deletion: string
}

/** The facts of a host, beside the resources made for containers. */
export interface ObservedHost {
  /** Whether it forwards packets; absent where the kernel does not say. */
  readonly forwards: { readonly 4?: boolean; readonly 6?: boolean }
  /** Whether what goes through a bridge goes through the firewall; absent without br_netfilter. */
  readonly filtersBridges?: boolean
  readonly programs: readonly ObservedProgram[]
  /** The kernel's features; empty where they were not looked at. */
  readonly features: readonly SeenFeature[]
  /** Hidden rules: of iptables-legacy, where iptables is nf_tables, or the other way round. */
  readonly hiddenRules: readonly string[]
  /** Why rules cannot be read, or tables that iptables cannot. */
  readonly unreadableRules: readonly string[]
  /** Programs that look after the firewall themselves: `firewalld`, `ufw`. */
  readonly firewallManagers: readonly string[]
  /** The prefixes that are in zones of firewalld, each of which decides what passes; absent where it does not run. */
  readonly firewalldSources?: readonly string[]
  /** The tables of others that forwarded packets pass, beside those of that iptables. Default: none. */
  readonly tables?: readonly FilterTable[]
  /** The numbers of the queues that programs read packets of rules from; absent where nobody can tell. */
  readonly queues?: readonly string[]
  /** The connections that are tracked, and how many can be; absent where the kernel does not say. */
  readonly tracked?: { readonly count: number; readonly most: number }
  /** The parts that cannot be read, with the reason: `/proc/self/net/ip_tables_names: EACCES`. */
  readonly unknown: readonly string[]
  readonly folders: readonly ObservedFolder[]
  /** The reason why RootlessKit, inside of which this is, does not answer; absent where it does, or there is none. */
  readonly kitFault?: string
  /** The networks that the resolver which runs does not answer in, though it should. Default: none. */
  readonly unanswered?: readonly DnsFault[]
  /** The servers upstream that do not answer the resolver, or ask it in turn. Default: none. */
  readonly upstream?: readonly DnsFault[]
}

/** A network without DNS, or a server that is not asked. */
interface DnsFault {
  readonly name: string
  readonly why: string
}

/** A plugin that a network needs. */
export interface ObservedProgram {
  readonly name: string
  /** The spec versions that it supports; absent when it is not there or does not say. */
  readonly versions?: readonly string[]
  /** Why it cannot be used. */
  readonly fault?: string
}

/** A folder that state is kept in. */
export interface ObservedFolder {
  readonly path: string
  /** The name of the file system: `ext4`, `tmpfs`, `overlay`, `nfs`. */
  readonly fileSystem: string
  /** Whether what is in it is meant to outlive a boot. */
  readonly lasting: boolean
  /** Whether nothing is there. Default false. */
  readonly isGone?: true
  /** Its owner and permission bits; absent where it is missing, or nobody looked. */
  readonly access?: FolderAccess
  /** Files and folders below it that other users own or can write to: the first ten. Default: none. */
  readonly open?: readonly OpenEntry[]
}

/** A file or a folder, with its owner and permission bits. */
export interface OpenEntry {
  readonly path: string
  readonly access: FolderAccess
}

/** The owner and permission bits of a folder, or of a file. */
export interface FolderAccess {
  /** Whether root or the user of this process owns it. */
  readonly isOwn: boolean
  /** `0o700`. */
  readonly mode: number
  /** Whether nothing can be written to its file system. Default false. */
  readonly isReadOnly?: true
}
