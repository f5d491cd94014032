import type { ShapingOp } from './shaping.ts'
import type { TrafficOp } from './traffic-control.ts'

/** An interface, by the name or the index that it has in the namespace of the socket. */
export type LinkRef = { readonly name: string } | { readonly index: number }

/** A request over rtnetlink, to do something or to ask: plain JSON values, addresses and MACs as text. */
export type RouteOp =
  | { readonly kind: 'ask link'; readonly link: LinkRef }
  | { readonly kind: 'ask route'; readonly address: string }
  | NewBridge
  | NewVeth
  | NewUpper
  | (NewLink & { readonly kind: 'add dummy' | 'add ifb' })
  | SetLink
  | SetPort
  | SetVlans
  | NewForwarding
  | RuleOp
  | (NewLink & { readonly kind: 'add vrf'; readonly table: number })
  | SetAddressMode
  | { readonly kind: 'delete link'; readonly link: LinkRef }
  | AddressOp
  | RouteEntryOp
  | TrafficOp
  | ShapingOp

/** The attributes that links of every kind have. */
export interface LinkAttributes {
  readonly mac?: string
  readonly mtu?: number
  readonly alias?: string
}

/** Makes a link. */
export interface NewLink extends LinkAttributes {
  readonly name: string
}

/** Makes a bridge without spanning tree or forward delay. Without a MAC it takes the lowest of its ports', and changes it as they come and go. */
export interface NewBridge extends NewLink {
  readonly kind: 'add bridge'
  readonly vlanFiltering?: boolean
}

/** Makes a veth pair: this end a port of a bridge, the other born under its last name in a namespace. */
export interface NewVeth extends NewLink {
  readonly kind: 'add veth'
  /** The index of the bridge. */
  readonly master?: number
  readonly peer: {
    readonly name: string
    readonly mac?: string
    readonly mtu?: number
    /** An open descriptor of it. */
    readonly namespace: number
  }
}

/** Makes an interface on top of another of the host, born in a namespace. */
export interface NewUpper extends NewLink {
  readonly kind: 'add macvlan' | 'add ipvlan' | 'add vlan'
  /** The index of the interface below, in the namespace of the socket. */
  readonly lower: number
  /** An open descriptor of it. */
  readonly namespace?: number
  /** macvlan: `bridge`, `private`, `vepa`, `passthru`; ipvlan: `l2`, `l3`, `l3s`. */
  readonly mode?: string
  /** macvlan: the length of its queue of broadcasts. */
  readonly broadcastQueue?: number
  /** vlan: 0 to 4094. */
  readonly id?: number
}

/** Changes a link; what is not named stays. */
export interface SetLink extends LinkAttributes {
  readonly kind: 'set link'
  readonly link: LinkRef
  readonly up?: boolean
  readonly name?: string
  /** The index of the bridge or VRF, 0 for none. */
  readonly master?: number
  /** An open descriptor of the one to move to. */
  readonly namespace?: number
  readonly transmitQueueLength?: number
  readonly arp?: boolean
  readonly promiscuous?: boolean
  readonly allMulticast?: boolean
}

/** How a bridge treats one of its ports. Not heeded in the message that makes the link: it needs its own. */
export interface SetPort {
  readonly kind: 'set port'
  readonly link: LinkRef
  readonly hairpin?: boolean
  readonly isolated?: boolean
  /** Whether it takes frames of known MACs alone. */
  readonly locked?: boolean
  /** Whether it learns MACs from frames. */
  readonly learning?: boolean
}

/** Adds VLANs to a port of a bridge, or removes them. */
export interface SetVlans {
  readonly kind: 'add vlans' | 'delete vlans'
  /** The index of the port. */
  readonly index: number
  readonly vlans: readonly { readonly id: number; readonly untagged?: boolean }[]
}

/** Tells a bridge that a MAC is behind one of its ports. */
export interface NewForwarding {
  readonly kind: 'add forwarding'
  /** The index of the port. */
  readonly index: number
  readonly mac: string
}

/** Adds or removes a rule that has packets of a source looked up in a table. */
export interface RuleOp {
  readonly kind: 'add rule' | 'delete rule'
  readonly source: { readonly address: string; readonly prefixLength: number }
  readonly table: number
}

/** Whether a link gets a link-local IPv6 address by itself. */
export interface SetAddressMode {
  readonly kind: 'set address mode'
  readonly link: LinkRef
  readonly mode: 'none' | 'eui64'
}

/** Adds or removes an address of an interface. */
export interface AddressOp {
  readonly kind: 'add address' | 'delete address'
  /** The index of the interface. */
  readonly index: number
  readonly address: string
  readonly prefixLength: number
  /** IPv4: the kernel fills none in. */
  readonly broadcast?: string
  /** IPv6: whether the kernel asks first if another has it. Default false. */
  readonly asksFirst?: boolean
  /** Whether the kernel makes a route to its subnet. Default true. */
  readonly prefixRoute?: boolean
}

/** Adds or removes a route. */
export interface RouteEntryOp {
  readonly kind: 'add route' | 'delete route'
  readonly family: 4 | 6
  /** `10.0.0.0/8`; the default route without. */
  readonly destination?: { readonly address: string; readonly prefixLength: number }
  readonly gateway?: string
  /** The index of the interface that leads there. */
  readonly index?: number
  /** The preferred source address. */
  readonly source?: string
  readonly scope?: 'global' | 'link' | 'host'
  readonly priority?: number
  readonly mtu?: number
  readonly advmss?: number
  /** 254, main, by default. */
  readonly table?: number
  /** Whether it goes in front of others of the same destination and priority. Default: they are an error. */
  readonly inFront?: boolean
  /** Whether the gateway is taken for a neighbour without a route to it. */
  readonly onLink?: boolean
}

/** A request to list all objects of a kind in the namespace of the socket. */
export type RouteDump = 'links' | 'addresses' | 'routes' | 'rules' | 'neighbours'
