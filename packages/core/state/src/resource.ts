import type { Effect } from './effect.ts'
import type { Owner } from './owner.ts'

/** The namespace that a resource is in: the host's, or the container's. */
export type Place = 'host' | 'container'

/** One thing that a host has or should have, with a kernel object behind it. Plain JSON values; addresses as text. */
export type Resource =
  | Link
  | LinkSettings
  | BridgePort
  | MovedLink
  | Rule
  | Qdisc
  | InterfaceAddress
  | Route
  | Sysctl
  | Effect

/** An interface that is made and removed. */
export interface Link {
  readonly kind: 'link'
  readonly place: Place
  readonly name: string
  readonly type: LinkType
  readonly up: boolean
  /** Lower case; absent where the kernel chooses. */
  readonly mac?: string
  /** In octets; absent where the kernel chooses. */
  readonly mtu?: number
  /** Whether it gets a link-local IPv6 address by itself. Default: as the kernel has it. */
  readonly linkLocal?: boolean
}

/** The kind of an interface, and its parts. */
export type LinkType =
  | { readonly name: 'bridge'; readonly vlanFiltering?: boolean }
  /** The other end has `hostName` on the host, and is a port of `bridge` where one is named. */
  | {
      readonly name: 'veth'
      readonly hostName: string
      readonly hostMac: string
      readonly bridge?: string
      /** Whether another plugin made it, whose interfaces bear no mark. Default false. */
      readonly unmarked?: boolean
    }
  | (Upper & {
      readonly name: 'macvlan'
      readonly mode: string
      /** The length of its queue of broadcasts. Default: the kernel's. */
      readonly broadcastQueue?: number
    })
  | (Upper & { readonly name: 'ipvlan'; readonly mode: string })
  | (Upper & { readonly name: 'vlan'; readonly id: number })
  | { readonly name: 'vrf'; readonly table: number }
  | { readonly name: 'dummy' }
  | { readonly name: 'ifb' }

/** An interface on top of another. */
interface Upper {
  readonly parent: string
  /** The namespace that the parent is in. Default: the host's. */
  readonly parentPlace?: Place
}

/** Settings of an interface that something else makes: `lo`, or what a plugin before made. */
export interface LinkSettings {
  readonly kind: 'link settings'
  readonly place: Place
  readonly link: string
  readonly up?: boolean
  /** The VRF that it is a port of. */
  readonly master?: string
  readonly mac?: string
  readonly mtu?: number
  /** Whether it asks for neighbours. */
  readonly arp?: boolean
  readonly promiscuous?: boolean
  readonly allMulticast?: boolean
  readonly transmitQueueLength?: number
}

/** How a bridge treats one of its ports. */
export interface BridgePort {
  readonly kind: 'bridge port'
  /** The host's end of a veth. */
  readonly link: string
  /** Default: as it is. */
  readonly hairpin?: boolean
  /** Whether it reaches no other isolated port. Default: as it is. */
  readonly isolated?: boolean
  /** The one MAC whose frames it takes. Default: any. */
  readonly onlyMac?: string
  /** Its VLANs in place of the bridge's default one. Default: as it is. */
  readonly vlans?: PortVlans
}

/** The VLANs of a port. */
export interface PortVlans {
  /** The VLAN of frames without a tag; absent for none. */
  readonly untagged?: number
  readonly tagged: readonly number[]
  /** Whether VLAN 1 stays, which the kernel gives each port. */
  readonly keepsDefault: boolean
}

/** An interface of the host that is in a container, under another name; its alias there is the name that it had. */
export interface MovedLink {
  readonly kind: 'moved link'
  readonly place: 'container'
  readonly name: string
  /** Its name on the host; empty where that is not known any more. */
  readonly device: string
}

/** A rule that has packets of one source looked up in a routing table of their own. */
export interface Rule {
  readonly kind: 'rule'
  readonly place: Place
  /** `10.4.0.2/32`. */
  readonly source: string
  readonly table: number
}

/** Packets that leave by an interface of the host are held to a rate, or those that come in leave by another. */
export interface Qdisc {
  readonly kind: 'qdisc'
  readonly link: string
  readonly does: Limit | { readonly redirect: string }
}

/** A rate that packets are held to. */
export interface Limit {
  /** In octets a second. */
  readonly rate: number
  /** In octets: what may pass at once. */
  readonly burst: number
  /** The subnets that it is about, by where packets go; absent where it holds for all. */
  readonly subnets?: readonly string[]
  /** Whether packets to the subnets are free of it. Default: they alone are held. */
  readonly spares?: boolean
}

/** An address of an interface. */
export interface InterfaceAddress {
  readonly kind: 'address'
  readonly place: Place
  readonly link: string
  /** RFC 5952, without prefix length. */
  readonly address: string
  readonly prefixLength: number
  /** IPv4: the last address of the subnet, which the kernel does not fill in. */
  readonly broadcast?: string
  /** IPv6: whether the kernel asks first if another has it. Default false. */
  readonly asksFirst?: boolean
  /** Whether it brings a route to its subnet. Default true. */
  readonly prefixRoute?: boolean
  /** Whether it counts as missing where no table has that route. Default false. */
  readonly needsRoute?: boolean
}

/** A route. */
export interface Route {
  readonly kind: 'route'
  readonly place: Place
  readonly link: string
  /** `10.0.0.0/8`; `0.0.0.0/0` or `::/0` for a default route. */
  readonly destination: string
  readonly gateway?: string
  /** The address that packets to there get. */
  readonly source?: string
  readonly priority?: number
  readonly table?: number
  readonly scope?: 'global' | 'link' | 'host'
  readonly mtu?: number
  readonly advmss?: number
  /** Whether it is put in front of others of the same destination, priority and table, which stay. Default: they are an error. */
  readonly inFront?: boolean
  /** Whether the gateway is taken for a neighbour on the link, whatever the other routes say. Default: it has to be one. */
  readonly onLink?: boolean
  /** Whether another table may have it. Default false. */
  readonly anyTable?: boolean
}

/** A setting below /proc/sys. */
export interface Sysctl {
  readonly kind: 'sysctl'
  readonly place: Place
  /** `net/ipv4/ip_forward`. */
  readonly key: string
  readonly value: string
  /** Whether a kernel without the setting is as good. */
  readonly optional?: boolean
}

/** A resource and whose it is. */
export interface Owned {
  readonly resource: Resource
  readonly owner: Owner
}

/** All that a host, or a part of it, should have or has. No two with one key. */
export type State = readonly Owned[]
