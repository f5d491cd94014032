/** The flags of `bundle prepare`, which annotations are turned into, too. */
export interface BundleFlags {
  readonly id: string
  readonly name?: string
  /** Each as `parseNetworkFlag` reads it; none is the default network. */
  readonly network: readonly string[]
  readonly uts?: string
  /** Each as `parsePortSpec` reads it. */
  readonly publish: readonly string[]
  readonly ip?: string
  readonly ip6?: string
  readonly macAddress?: string
  readonly dns?: readonly string[]
  readonly dnsSearch?: readonly string[]
  readonly dnsOption: readonly string[]
  readonly addHost: readonly string[]
  readonly hostname?: string
  readonly domainname?: string
  readonly networkAlias: readonly string[]
}
