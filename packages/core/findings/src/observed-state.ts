import type { AttachmentKey, ContainerRef } from '@vethra/cni'
import type { MasqueradeRule, ObservedFirewall } from '@vethra/firewall'
import type { Reservation, SignsOfLife } from '@vethra/ipam'
import type { Change, Owner, State } from '@vethra/state'
import type {
  LedAway,
  LostFile,
  ObservedBridgeEntry,
  ObservedFlow,
  ObservedHost,
  ObservedNeighbour,
  ObservedRoute,
  ObservedRule,
  ObservedTrafficFilter,
  ShadowedConf,
} from './observed-host.ts'

/** The observed state of a host. */
export interface ObservedState {
  /** Milliseconds since 1970. */
  readonly nowMs: number
  readonly attachments: readonly ObservedAttachment[]
  readonly reservations: readonly ObservedReservation[]
  readonly signs: SignsOfLife
  readonly containers: readonly ObservedContainer[]
  readonly portHolds: readonly ObservedPortHold[]
  readonly names: readonly ObservedName[]
  readonly links: readonly ObservedLink[]
  readonly routes: readonly ObservedRoute[]
  /** The rules of the routing policy, in their order. Default: none. */
  readonly rules?: readonly ObservedRule[]
  readonly flows: readonly ObservedFlow[]
  /** By address family; one that cannot be looked at has no entry. */
  readonly firewall: readonly ObservedFirewall[]
  /** The rules of the table in which Go plugins masquerade by nftables; absent where nothing has them do so. */
  readonly masquerades?: readonly MasqueradeRule[]
  readonly table: ObservedTable
  /** Resources inside of containers that living attachments lack, or have otherwise; empty where nobody looked. */
  readonly inside: readonly MissingResource[]
  /** Routes and neighbour entries inside that lead what goes by an attachment elsewhere. Default: none. */
  readonly ledAway?: readonly LedAway[]
  readonly confFaults: readonly ObservedFault[]
  readonly shadowed: readonly ShadowedConf[]
  readonly lost: readonly LostNetwork[]
  /** Records of attachments, and what is cached of them, that cannot be read. */
  readonly damaged: readonly ObservedFault[]
  /** Files that attaching to a network, or starting a container, needs, and that are none. Default: none. */
  readonly lostFiles?: readonly LostFile[]
  /** Neighbour entries that somebody made by hand. Default: none. */
  readonly neighbours?: readonly ObservedNeighbour[]
  /** Entries of bridges that were made, and not learned: those of ports among them. Default: none. */
  readonly bridgeEntries?: readonly ObservedBridgeEntry[]
  /** Default: none. */
  readonly trafficFilters?: readonly ObservedTrafficFilter[]
  /** Containers that mount files which were removed or replaced, and where they mount them. Default: none. */
  readonly staleMounts?: readonly {
    readonly containerId: string
    readonly paths: readonly string[]
  }[]
  readonly host: ObservedHost
}

/** The state of table `inet vethra`, and of the settings that go with it. */
export interface ObservedTable {
  readonly missing: readonly MissingResource[]
  /** Whether it has nothing of what several are missing in it: it was flushed, or removed. */
  readonly flushed: boolean
  /** Owners of elements that are known no more: neither as an attachment nor as a network. */
  readonly left: readonly TableOwner[]
  /** Owners alike that may be another runtime's. Default: none. */
  readonly doubtful?: readonly TableOwner[]
  /** Effects that bear the mark of an attachment that lives, or of its network, and were not made for it. Default: none. */
  readonly extra?: readonly { readonly owner: TableOwner; readonly effects: State }[]
  /** Its chains, rules and elements that are not of our making. Default: none. */
  readonly strange?: readonly StrangeEntry[]
  /** The ports that it leads to containers, as `portLead` writes them; absent where nobody looked. */
  readonly leads?: ReadonlySet<string>
}

/** A resource that an attachment needs, and that is missing or differs. */
export interface MissingResource {
  readonly attachment: AttachmentKey
  readonly due: Exclude<Change, { readonly kind: 'remove' }>
}

/** A chain, a rule or an element that others put into our table. */
export interface StrangeEntry {
  /** The words for nft(8) that delete it. */
  readonly deletion: string
  /** Whether packets are dropped or rejected by it. */
  readonly refuses: boolean
  /** The comment of the table, where all of it is of others. */
  readonly comment?: string
}

/** The owner of elements: an attachment, or a network. */
export type TableOwner = Exclude<Owner, { readonly kind: 'host' }>

/** The remembered state of an attachment. */
export interface ObservedAttachment extends AttachmentKey {
  /** Whether our runtime recorded it. */
  readonly recorded: boolean
  /** Whether what it recorded cannot be read any more. */
  readonly recordDamaged: boolean
  /** Whether its record does not tell its namespace: by device and inode alone, as 0.1 did, or in another boot. */
  readonly outdated: boolean
  /** Whether what ADD returned is remembered, and no DEL has begun. */
  readonly remembered: boolean
  /** The operation that has begun and not ended, where its namespace lives and no container that was prepared is to have it. */
  readonly leaving?: 'ADD' | 'DEL'
  /** Whether what it has made so far is recorded: enough to remember it by. */
  readonly restorable: boolean
  /** Whether it is in DATA_STORE or recorded. */
  readonly ours: boolean
  /** The pod that it is of, `k8s://NAMESPACE/NAME`, empty without names; absent for what is of none. */
  readonly pod?: string
  /** Whether it is ours or a pod's in a network that Vethra or nerdctl made, and no conf list defines any more. Default false. */
  readonly networkLost?: true
  /** The ports of the host that another program published for it, portmap as a program with nftables too, and where their rules lead; absent for others of ours. */
  readonly published?: readonly PublishedEnds[]
  /** Whether portmap publishes them by nftables, in tables of its own. Default false. */
  readonly byNft?: true
  /** The link of the host that led to it; absent where that is not known. */
  readonly hostLink?: string
  /** The path of its namespace; empty when none is recorded. */
  readonly netns: string
  /** Whether that namespace is certainly there, certainly gone, or neither. */
  readonly state: 'alive' | 'gone' | 'unknown'
}

/** A published port of the host, and the ends that rules may lead it to, one a family: `10.4.1.2:80`. */
interface PublishedEnds {
  readonly protocol: string
  readonly hostPort: number
  readonly ends: readonly string[]
}

/** A network that no conf list defines any more, and a copy does, while containers that are not attached want it. */
export interface LostNetwork {
  readonly name: string
  /** The conf list that the copy is of. */
  readonly file: string
  /** The names, or else ids, of these containers. */
  readonly wantedBy: readonly string[]
  /** The network that has a subnet of it by now; absent where none has. */
  readonly inTheWay?: string
}

/** An address that is taken. */
export interface ObservedReservation {
  readonly network: string
  /** The folder that the network's own is in. */
  readonly dataDir: string
  readonly reservation: Reservation
}

/** A container that has files of its own. */
export interface ObservedContainer extends ContainerRef {
  /** As plugins know it. */
  readonly containerId: string
  /** Whether it is in DATA_STORE/containers; else only its hosts folder is there. */
  readonly stored: boolean
  /** Why what was decided for it cannot be read. */
  readonly fault?: ObservedFault
  /** The names that its peers know: none, its names, or unknown, since meta.json is damaged. `stale`: its own hosts file does not say what is known. */
  readonly names: 'none' | 'known' | 'damaged' | 'stale'
  /** The references to networks that its peers know it in; without any it is known without an attachment. */
  readonly networks: readonly string[]
  /** Whether its names can be rebuilt from its record. */
  readonly restorable: boolean
  /** Whether it lives, though nothing attaches it. Default: its attachments tell. */
  readonly lives?: true
  /** When it was started last: milliseconds since 1970. */
  readonly startedMs?: number
  /** Whether an OCI runtime made it for one life, after which the hook forgets it. Default false. */
  readonly transient?: true
  /** Whether it never started, and a process names it: that may be its start. Default false. */
  readonly awaited?: true
  /** Whether nerdctl made it and its hook serves it: nothing of it is ours to change. Default false. */
  readonly nerdctls?: true
}

/** A container's name that is taken, and by which. */
export interface ObservedName extends ContainerRef {
  readonly name: string
}

/** Ports of the host that are held for one container. */
export interface ObservedPortHold {
  readonly containerId: string
  /** `0.0.0.0:8080/tcp`. */
  readonly sockets: readonly string[]
  /** The process that has them; 0 when there is only a record, of one that was never seen. */
  readonly pid: number
  readonly alive: boolean
  /** Whether there is a record: without one the process is on its own. */
  readonly recorded: boolean
  /** The sockets among them that RootlessKit forwards no port to; absent where that is not wanted. */
  readonly unforwarded?: readonly string[]
}

/** An interface of the host. */
export interface ObservedLink {
  readonly name: string
  /** Default: none. */
  readonly otherNames?: readonly string[]
  readonly bridge: boolean
  readonly up: boolean
  /** Whether ARP is off. Default false. */
  readonly noArp?: true
  /** Absent where nobody looked, as all that follows. */
  readonly mtu?: number
  readonly mac?: string
  readonly port?: PortSettings
  /** Whether IPv4 packets that come by a bridge, or from other hosts, are forwarded. Default: they are. */
  readonly forwards?: boolean
  /** Whether a bridge drops IPv4 packets whose answers would leave by another interface. Default: it does not. */
  readonly strict?: boolean
  /** The setting by which the host answers no ARP request for its addresses: `net.ipv4.conf.br-lan.arp_ignore`. Default: none does. */
  readonly silencedBy?: string
  /** Whether nothing of 127.0.0.0/8 leaves by a bridge: no setting `route_localnet` lets it. Default: it does. */
  readonly keepsLocal?: true
  readonly master?: string
  /** Whether it is a port that its bridge forwards nothing by, though both ends are up. Default false. */
  readonly blocked?: true
  /** `10.4.1.1/24`. */
  readonly addresses: readonly string[]
  /** Addresses of a bridge for which the host takes no packets: no local route has them. Default: none. */
  readonly deafAt?: readonly string[]
  /** The discipline of its queue, where it holds packets back or loses them: `tbf`, `netem`. */
  readonly shapedBy?: string
  /** By its mark; absent for a bridge. */
  readonly owner?: TableOwner
}

/** The settings of a bridge's port: whether it sends back what came by it, and what comes by ports like it. */
export interface PortSettings {
  readonly hairpin: boolean
  readonly isolated: boolean
  /** Whether it learns MACs, takes frames of all, and gets what is for all and for those that are not known. Default: unknown. */
  readonly open?: boolean
}

/** Something that cannot be read. */
export interface ObservedFault {
  readonly file: string
  readonly reason: string
  readonly hint?: string
}
