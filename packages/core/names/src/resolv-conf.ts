/** How a container gets its network namespace: from CNI networks, a bare one of its own, the host's, or one that a path names. */
export type NetworkMode = 'cni' | 'none' | 'host' | 'ns'

/** The source of a value: command line, settings, the host's resolv.conf, RootlessKit, our resolver, or the public servers. */
export type DnsSource = 'cli' | 'settings' | 'host' | 'rootless' | 'resolver' | 'fallback'

/** A value and where it came from. */
export interface Sourced {
  readonly value: string
  readonly source: DnsSource
}

/** The values of resolv.conf(5), each with its source, in the order of the file. */
export interface ResolvConf {
  /** IPv4 addresses, and IPv6 addresses with or without a zone, as they were written. */
  readonly nameservers: readonly Sourced[]
  /** The search list, whether `search` or `domain` gave it. */
  readonly search: readonly Sourced[]
  readonly options: readonly Sourced[]
  /** Pairs `address[/netmask]`. */
  readonly sortlist: readonly Sourced[]
}

/** The operator's settings: by flags, or in the settings file. An absent or empty list leaves the say to the next source. */
export interface DnsOptions {
  /** IP addresses without zone or brackets. */
  readonly servers?: readonly string[]
  /** Domains; `.` alone means no search list. */
  readonly search?: readonly string[]
  /** Such as `ndots:2`. */
  readonly options?: readonly string[]
}

/** The values with one source. */
export function withSource(list: readonly string[], source: DnsSource): readonly Sourced[] {
  return list.map((value) => ({ value, source }))
}

/** The bare values, in order. */
export function values(list: readonly Sourced[]): readonly string[] {
  return list.map(({ value }) => value)
}
