/** The namespace that a resource is in: the host's, or the container's. */
export type Place = 'host' | 'container'

/** One thing that a host has or should have, with a kernel object behind it. Plain JSON values; addresses as text. */
export type Resource =
  | Link
  | LinkSettings
  | BridgePort
  | Qdisc
  | InterfaceAddress
  | Route
  | Sysctl
  | Masquerade
  | Publish
  | Admit
  | Isolate

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
  | { readonly name: 'macvlan' | 'ipvlan'; readonly parent: string; readonly mode: string }
  | { readonly name: 'vlan'; readonly parent: string; readonly id: number }
  | { readonly name: 'dummy' }
  | { readonly name: 'ifb' }

/** Settings of an interface that something else makes: `lo`, or what a plugin before made. */
export interface LinkSettings {
  readonly kind: 'link settings'
  readonly place: Place
  readonly link: string
  readonly up?: boolean
  readonly mac?: string
  readonly mtu?: number
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
}

/** Packets that leave by an interface of the host are held to a rate, or those that come in leave by another. */
export interface Qdisc {
  readonly kind: 'qdisc'
  readonly link: string
  readonly does:
    | {
        /** In octets a second. */
        readonly rate: number
        /** In octets: what may pass at once. */
        readonly burst: number
      }
    | { readonly redirect: string }
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
  /** Whether it brings a route to its subnet. Default true. */
  readonly prefixRoute?: boolean
}

/** A route. */
export interface Route {
  readonly kind: 'route'
  readonly place: Place
  readonly link: string
  /** `10.0.0.0/8`; `0.0.0.0/0` or `::/0` for a default route. */
  readonly destination: string
  readonly gateway?: string
  readonly priority?: number
  readonly table?: number
  readonly scope?: 'global' | 'link' | 'host'
  readonly mtu?: number
  readonly advmss?: number
  /** Whether it is put in front of others of the same destination, priority and table, which stay. Default: they are an error. */
  readonly inFront?: boolean
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

/** Packets from a subnet to elsewhere carry the host's address. */
export interface Masquerade {
  readonly kind: 'masquerade'
  /** `10.4.0.0/24`. */
  readonly subnet: string
}

/** A port of the host that leads to one of a container. */
export interface Publish {
  readonly kind: 'publish'
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** An address of the host; absent for each of them. */
  readonly hostAddress?: string
  readonly hostPort: number
  readonly address: string
  readonly port: number
}

/** A bridge of ours whose subnets are forwarded. */
export interface Admit {
  readonly kind: 'admit'
  /** Empty where subnets alone are seen: another network admitted the bridge before. */
  readonly bridge: string
  readonly subnets: readonly string[]
}

/** A limit on the containers of a bridge. */
export interface Isolate {
  readonly kind: 'isolate'
  readonly bridge: string
  /** `isolated`: other bridges of ours; `apart`: each other; `internal`: everything but each other. */
  readonly from: 'isolated' | 'apart' | 'internal'
}

/** A resource and whose it is. */
export interface Owned {
  readonly resource: Resource
  readonly owner: Owner
}

import type { Owner } from './owner.ts'

/** All that a host, or a part of it, should have or has. No two with one key. */
export type State = readonly Owned[]
