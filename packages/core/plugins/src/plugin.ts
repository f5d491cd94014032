import type { Attachment, Json, JsonObject, Result, ResultIp } from '@vethra/cni'
import type { AllocationRequest, Holder } from '@vethra/ipam'
import type { FeatureName, Owned, Place, Route } from '@vethra/state'

/** The request of one plugin (SPEC 1.1.0, section 3), parsed. */
export interface PluginRequest {
  readonly network: string
  readonly cniVersion: string
  /** The plugin's own keys, and `runtimeConfig` where it declares capabilities. */
  readonly conf: JsonObject
  readonly attachment: Attachment
  /** Where its IPAM plugin is a program: the link is made first, and its MAC follows no address. */
  readonly ipam?: 'exec'
  /** Whether another runtime calls it as a program: what its original refuses is refused then. Default false. */
  readonly called?: boolean
}

/** An interface of the host, as planners know it. */
export interface HostLink {
  readonly kind: string
  readonly mac: string
  readonly mtu: number
  readonly index?: number
  /** The index of a veth's other end, or of what it lies on, in that one's namespace. */
  readonly lower?: number
  /** How many ports a bridge has. */
  readonly ports?: number
  /** The addresses of a bridge, or of an interface of the container, `10.4.0.1/24`; link-local ones are left out. */
  readonly addresses?: readonly string[]
}

/** A device of the host, by one of what it is known by. */
export interface DeviceRef {
  readonly name?: string
  readonly mac?: string
  /** Its folder below /sys/devices. */
  readonly kernelPath?: string
  /** `0000:00:1f.6`; of a virtual function, or of an auxiliary device such as `mlx5_core.sf.4`. */
  readonly busId?: string
}

/** Facts of the host that a planner asks for. */
export interface WantedFacts {
  /** Names of interfaces of the host. */
  readonly links?: readonly string[]
  /** The place whose default route is wanted, and the interface that it leads through. */
  readonly defaultRoute?: Place
  /** Names of interfaces of the container. */
  readonly inside?: readonly string[]
  /** Whether the routing tables that rules and VRFs of the container use are wanted. */
  readonly tables?: boolean
  /** Whether the routes of the container's main table are wanted. */
  readonly routes?: boolean
  readonly device?: DeviceRef
}

/** A routing table that a rule or a VRF of a container uses. */
export interface RuleFact {
  readonly table: number
  /** Absent for any. */
  readonly source?: string
  /** The VRF whose table it is; absent for that of a rule. */
  readonly vrf?: string
}

/** Facts of the host: of those that were asked for, the ones that exist. */
export interface Facts {
  readonly links: Readonly<Record<string, HostLink>>
  /** The interface that the default route leads through. */
  readonly defaultRoute?: string
  /** Interfaces of the container. */
  readonly inside?: Readonly<Record<string, HostLink>>
  /** The routing tables that rules and VRFs of the container use, and the source that each is for: `10.4.0.2/32`. */
  readonly tables?: readonly RuleFact[]
  /** The routes of the container's main table that lead through an interface. */
  readonly routes?: readonly Route[]
  /** The name of the device that was asked for; empty for one that a driver of DPDK has: it has no interface. */
  readonly device?: string
}

/** The answer of an IPAM plugin. */
export type Addresses = Pick<Result, 'ips' | 'routes' | 'dns'>

/** The input of a plan, beside the conf. */
export interface PlanInput {
  readonly request: PluginRequest
  /** The result of the plugin before; absent for the first. */
  readonly previous?: Result
  /** The answer of the IPAM plugin; absent where the conf has none. */
  readonly addresses?: Addresses
  readonly facts: Facts
  /** The resources that plugins before it in the stage want. Default: none. */
  readonly earlier?: readonly Owned[]
  /** Whether a plugin of the stage publishes ports. Default false. */
  readonly publishes?: boolean
  /** The final result of ADD, for CHECK: names and MACs are those, whoever made them. */
  readonly made?: Result
  /** Whether what is planned is to be removed: what is not known of it any more is no fault then. Default false. */
  readonly removing?: boolean
}

/** The resources that a plugin wants on the host, and its result. */
export interface Planned {
  readonly resources: readonly Owned[]
  readonly result: Result
  /** Resources that are in the way and go. Default: none. */
  readonly removes?: readonly Owned[]
  /** Whether making some of its resources changes others of them, so that these are made again. Default false. */
  readonly again?: boolean
}

/** A kind of interface in a container, as the kernel names it. */
export type LinkKind = 'veth' | 'macvlan' | 'ipvlan' | 'vlan' | 'dummy' | 'tun'

/** A CNI plugin as a pure planner. `parse` throws CniError 7 naming key and value; a key outside of `keys` makes it a program. */
export interface Plugin<Conf> {
  readonly type: string
  /** The keys that it knows, beside those of every plugin. */
  readonly keys: readonly string[]
  /** Keys that it knows with one value alone: with another they mean what only the program does. */
  readonly fixed?: Readonly<Record<string, Json>>
  /** Whether its link can be made and be up before its addresses are known, for an IPAM plugin that is a program. Default false. */
  readonly linkFirst?: boolean
  /** The kind of interface that it makes in a container. Default: none, or any. */
  readonly makes?: LinkKind
  /** The features of the kernel that it cannot do without. Default: none. */
  readonly features?: readonly FeatureName[]
  /** The original's error without a previous result, for a chained plugin, which makes no interface. Default: it is none. */
  readonly chained?: string
  /** Whether its plan builds on what the plugins before it have done to the kernel: it shares no stage. Default false. */
  readonly alone?: boolean
  parse(request: PluginRequest): Conf
  /** `previous`: the result of the stage before; absent for the first. Default: no facts. */
  wants?(conf: Conf, request: PluginRequest, previous?: Result): WantedFacts
  plan(conf: Conf, input: PlanInput): Planned
  /** The resources of its plan that a removal of the attachment removes by themselves, and maybe others. Default: all. */
  removal?(conf: Conf, input: PlanInput): readonly Owned[]
}

/** An IPAM plugin as a pure planner. */
export interface IpamPlugin<Conf> {
  readonly type: string
  /** The keys that it knows in the `ipam` object. */
  readonly keys: readonly string[]
  parse(request: PluginRequest): Conf
  /** Where addresses of the attachment are reserved, whatever else the conf says; undefined for nowhere. */
  holding(request: PluginRequest): Holding | undefined
  /** The addresses to be reserved, and where; undefined for none. */
  claim(conf: Conf, request: PluginRequest): AddressClaim | undefined
  /** The answer, given the addresses that were reserved, in the order of the claim's sets. */
  answer(conf: Conf, granted: readonly ResultIp[]): Addresses
}

/** The place of an attachment's reservations. */
export interface Holding {
  readonly network: string
  readonly holder: Holder
  /** The folder of the networks. */
  readonly dataDir: string
}

/** A request of an IPAM plugin to reserve addresses. */
export interface AddressClaim extends AllocationRequest, Holding {
  /** A file whose answers for `dns` are wanted. */
  readonly resolvConf?: string
}
