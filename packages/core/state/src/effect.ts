/** An effect of firewall rules for a network or a container. */
export type Effect = Admit | Isolate | Masquerade | PublishedMasquerade | Publish

/** The kinds of effects. */
export const effectKinds: readonly string[] = [
  'admit',
  'isolate',
  'masquerade',
  'published masquerade',
  'publish',
]

/** Packets from a subnet to elsewhere carry the host's address. */
export interface Masquerade {
  readonly kind: 'masquerade'
  /** `10.4.0.0/24`. */
  readonly subnet: string
}

/** Connections to published ports of an address carry the host's address. */
export interface PublishedMasquerade {
  readonly kind: 'published masquerade'
  /** A container's. */
  readonly address: string
}

/** A port of the host that leads to one of a container. */
export interface Publish {
  readonly kind: 'publish'
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** An address of the host; absent for each of them. With `source` a range or a prefix, `0.0.0.0/0` for each. */
  readonly hostAddress?: string
  /** The clients that it is for: an address, a prefix or `10.0.0.7-10.0.0.9`. Absent, `from` too, for all. */
  readonly source?: string
  /** The interface that clients come by, `eth*` for each that begins so, `!eth0` for any other. Absent for any. */
  readonly from?: string
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
  /** The zone of firewalld that the subnets are to be in, where that runs. Default: the one that they are in, else `trusted`. */
  readonly zone?: string
  /** The chain of iptables that its administrator has for forwarded packets, which they pass first. Default: none. */
  readonly adminChain?: string
}

/** A limit on the containers of a bridge. */
export interface Isolate {
  readonly kind: 'isolate'
  readonly bridge: string
  /** `isolated`: other bridges of ours; `apart`: each other; `internal`: all that is forwarded but to each other; `dnsonly`: the host, too, but its port 53 there. */
  readonly from: 'isolated' | 'apart' | 'internal' | 'dnsonly'
}
