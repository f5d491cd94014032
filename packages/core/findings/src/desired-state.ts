import type { AttachmentKey, ContainerRef } from '@vethra/cni'
import type { Isolation } from '@vethra/firewall'
import type { FeatureName } from '@vethra/state'
import type { PortSettings } from './observed-state.ts'

/**
 * The desired state of a host: by effect where rules make it (masquerading, publishing, isolation),
 * and by name where it has one (bridges, links of the host, the programs of a network's plugins).
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
  /** The interface of the host that those of its containers lie on, where the conf list names one. */
  readonly parent?: string
  /** Whether the host routes for its containers. */
  readonly routed: boolean
  readonly isolation: Isolation
  /** Whether attaching makes firewall rules. */
  readonly filtered: boolean
  /** Whether ports that it publishes leave clients at ::1 waiting. */
  readonly hangsAtLoopback: boolean
  /** The programs that attaching takes, each once. */
  readonly programs: readonly string[]
  /** The features of the kernel that attaching takes, each once. */
  readonly features: readonly FeatureName[]
  /** The version of the specification that its programs are spoken to in. */
  readonly cniVersion: string
}

/** A container in the data store. */
export interface DesiredContainer extends ContainerRef {
  /** As plugins know it. */
  readonly containerId: string
  /** Empty when it has none, or it is not known. */
  readonly name: string
  /** Whether its peers are to know its names; absent while it is attached and no memory says how: either will do. */
  readonly known?: boolean
  /** The references to networks that it is attached to, and that its peers are to know it in. */
  readonly networks: readonly string[]
  /** The ports that it asked for; absent when it asked for none. */
  readonly ports?: readonly DesiredPort[]
}

/** A container in a network, as it was made. */
export interface DesiredAttachment extends AttachmentKey {
  readonly netns: string
  readonly addresses: readonly DesiredAddress[]
  /** The MAC of its interface, in lower case; absent where it is not known. */
  readonly mac?: string
  /** The link of the host that leads to the container; absent for macvlan and the like. */
  readonly hostLink?: string
  /** The MAC of `hostLink`; absent where it is not known. */
  readonly hostMac?: string
  /** The bridge that `hostLink` is a port of. */
  readonly bridge?: DesiredBridge
  /** The metric of its IPv4 default route; absent without one. */
  readonly defaultMetric?: number
  /** Whether what it sends leaves the host under the host's address. */
  readonly masqueraded: boolean
  /** Whether that is the work of nftables, in the table of the Go plugins, and not of iptables. Default false. */
  readonly masqueradedByNft?: true
  /** Whether forwarding from and to its addresses is accepted whatever the policy is. */
  readonly admitted: boolean
  readonly isolation: Isolation
  readonly ports: readonly DesiredPort[]
  /** Whether portmap, as a program, has its ports answer at 127.0.0.1. Default: it does not. */
  readonly answersLocally?: true
  /** The effects that table `inet vethra` has for it, where no rules of iptables are wanted. */
  readonly inTable: readonly TableEffect[]
  /** Whether its plugins got ports to publish, could get some, or take none. */
  readonly publishes: 'does' | 'could' | 'cannot'
  /** Whether detaching it, or attaching it again, was cut short: its interface may be there without all that belongs to it. Default false. */
  readonly cutShort?: boolean
  /** The folder that its network's reservations are in a folder of; absent when no store has them. */
  readonly dataDir?: string
}

/** An effect of the packet filter for one attachment. */
export type TableEffect = 'masquerading' | 'admission' | 'isolation' | 'ports'

/** A bridge as an attachment needs it. */
export interface DesiredBridge {
  readonly name: string
  /** The addresses that it had when the attachment was made. */
  readonly mac?: string
  /** Absent for the kernel's own. */
  readonly mtu?: number
  /** Whether the host has the gateways' addresses on it. */
  readonly routed: boolean
  /** Whether plugin bandwidth limits what goes by its ports. Default false. */
  readonly shapes?: true
  /** The settings of each port; absent where a program made it, and may know none of them. */
  readonly port?: PortSettings
}

/** An address of an attachment. */
export interface DesiredAddress {
  /** `10.4.1.2`. */
  readonly address: string
  readonly prefixLength: number
  /** Absent when it has none. */
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
