/** The ingredients of a zone: the networks and the running containers of a host. */
export interface ZoneInput {
  readonly networks: readonly ZoneNetwork[]
  readonly containers: readonly ZoneContainer[]
  /** SOA serial number, 0 to 2^32-1: higher for each zone that follows. Default: 1. */
  readonly serial?: number
}

/** A network whose names are served. */
export interface ZoneNetwork {
  readonly name: string
  /** Containers of such networks alone have nothing asked upstream for them. */
  readonly isInternal: boolean
  /** `10.4.0.0/24`, `fd00::/64`. Texts that spell no prefix are left out. */
  readonly subnets: readonly string[]
  /** A domain in which its containers can be named, too: `web.example.test`. */
  readonly domain?: string
}

/** A running container. Names that DNS cannot carry and addresses that are none are left out. */
export interface ZoneContainer {
  /** 64 hex digits; the first 12 name it, too. */
  readonly id: string
  /** Empty when it has none. */
  readonly name: string
  /** Empty when it has none. */
  readonly hostname: string
  /** By name of the network. Networks that are not in the zone are left out. */
  readonly networks: Readonly<Record<string, ZoneMembership>>
  readonly ports: readonly ZonePort[]
  /** Where two have an address of one network, the higher one has it, then the lower id. Default: 0. */
  readonly precedence?: number
  /** Names for itself alone, from `--add-host`: they come before all others. */
  readonly extraHosts: readonly (readonly [name: string, address: string])[]
}

/** A container in a network. */
export interface ZoneMembership {
  /** With or without a prefix length: `10.4.0.2/24`. */
  readonly addresses: readonly string[]
  readonly aliases: readonly string[]
}

/** A published port. */
interface ZonePort {
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}
