/** An interface that a plugin made or used (SPEC 1.1.0, section 5, "ADD Success"). */
export interface ResultInterface {
  readonly name: string
  readonly mac?: string
  readonly mtu?: number
  /** The netns path that the interface is in; absent for an interface of the host. */
  readonly sandbox?: string
  readonly socketPath?: string
  readonly pciID?: string
}

/** An address that a plugin assigned. */
export interface ResultIp {
  /** Position in `interfaces`. */
  readonly interface?: number
  /** Address and prefix length: `10.4.0.2/24`. */
  readonly address: string
  readonly gateway?: string
}

/** A route that a plugin made. */
export interface ResultRoute {
  readonly dst: string
  readonly gw?: string
  readonly mtu?: number
  readonly advmss?: number
  readonly priority?: number
  readonly table?: number
  readonly scope?: number
}

/** The plugin's knowledge of name service. */
export interface ResultDns {
  readonly nameservers?: readonly string[]
  readonly domain?: string
  readonly search?: readonly string[]
  readonly options?: readonly string[]
}

/** The result of ADD, in the shape of 1.1.0 whatever version it was written in. */
export interface Result {
  /** The version that the result was written in. */
  readonly cniVersion: string
  readonly interfaces: readonly ResultInterface[]
  readonly ips: readonly ResultIp[]
  readonly routes: readonly ResultRoute[]
  readonly dns: ResultDns
}
