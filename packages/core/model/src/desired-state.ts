import type { AttachmentRef } from './attachment-ref.ts'

/**
 * What should be on a host, said by its effect and never by the means: the same whether plugins, netlink
 * or nftables bring it about.
 */
export interface DesiredState {
  readonly networks: readonly DesiredNetwork[]
  readonly containers: readonly DesiredContainer[]
  /** Those that are ours and whose namespace lives. */
  readonly attachments: readonly DesiredAttachment[]
}

/** A network that a conf list defines. */
export interface DesiredNetwork {
  readonly name: string
  /** The conf list. */
  readonly file: string
  /** Whether Vethra or nerdctl made it. */
  readonly ours: boolean
  /** `10.4.1.0/24`: those that addresses are given out of. */
  readonly subnets: readonly string[]
  /** The bridge, for a network that has one. */
  readonly bridge?: string
  /** Whether the host routes for its containers. */
  readonly routed: boolean
  readonly isolation: Isolation
  /** The programs that attaching takes, in the order of need. */
  readonly programs: readonly string[]
}

/** Who may send to the containers of a network: everybody, those on the same bridge, or no other container. */
export type Isolation = 'none' | 'same-bridge' | 'isolated'

/** A container in the data store. */
export interface DesiredContainer {
  readonly namespace: string
  readonly id: string
  /** Empty when it has none. */
  readonly name: string
  /** What its peers are to know of it; absent while it is in no network. */
  readonly known: boolean
}

/** A container in a network, as it was made. */
export interface DesiredAttachment extends AttachmentRef {
  readonly netns: string
  /** `10.4.1.2/24`. */
  readonly addresses: readonly DesiredAddress[]
  /** The link of the host that leads to the container; absent for macvlan and the like. */
  readonly hostLink?: string
  /** The bridge that `hostLink` is a port of. */
  readonly bridge?: string
  /** Whether what it sends leaves the host under the host's address. */
  readonly masqueraded: boolean
  /** Whether forwarding from and to its addresses is accepted whatever the policy is. */
  readonly admitted: boolean
  readonly isolation: Isolation
  readonly ports: readonly DesiredPort[]
  /** Where its addresses are reserved: the folder that the network's own is in; absent when they are in no store. */
  readonly dataDir?: string
}

/** An address of an attachment. */
export interface DesiredAddress {
  /** `10.4.1.2`. */
  readonly address: string
  readonly prefixLength: number
  /** The bridge's own address in this subnet, where the host routes. */
  readonly gateway?: string
}

/** A port of the host that leads to a container. */
export interface DesiredPort {
  /** In lower case. */
  readonly protocol: string
  readonly hostPort: number
  readonly containerPort: number
  /** Empty for every address of the host. */
  readonly hostIp: string
}
