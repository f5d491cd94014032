/** How much is logged, from most to least. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A block of addresses that subnets for new networks are cut from. */
export interface AddressPool {
  /** A prefix: `10.0.0.0/8`. */
  readonly base: string
  /** The prefix length of each subnet: at least that of `base`. */
  readonly size: number
}

/** The table `[runtime]` of vethra.toml: the OCI runtime behind ours, and what annotations of a bundle may ask for. */
export interface RuntimeSettings {
  /** The real runtime: a name on PATH, or a path. Default: `runc`. */
  readonly binary: string
  /** Networks that may be asked for, by name, in place of all that Vethra or nerdctl made; `*` is every one. */
  readonly networks?: readonly string[]
  /** The first and the last host port that may be published. */
  readonly ports: readonly [first: number, last: number]
  /** Values of `vethra.network` besides networks. */
  readonly modes: readonly RuntimeMode[]
}

/** A way to get a network namespace that is not the container's alone. */
export type RuntimeMode = 'host' | 'ns' | 'container'

/** Everything global that a command may depend on, checked. Every path is absolute and clean: no `//`, `.`, `..` or trailing `/`. */
export interface Settings {
  readonly dataRoot: string
  /** The path of containerd's socket, as given, with or without `unix://`. */
  readonly address: string
  /** containerd's namespace: letters, digits, dot, dash and underscore. */
  readonly namespace: string
  /** Folders to look for plugins in, first match wins; at least one. */
  readonly cniPath: readonly string[]
  readonly cniNetconfpath: string
  /** containerd's config.toml; absent when not to be read. */
  readonly containerdConfig?: string
  /** Results lie in `cniCache/results`. */
  readonly cniCache: string
  /** Which CNI plugins run in this process, as `waysOf` of `@vethra/plugins` decides. */
  readonly plugins: 'auto' | 'native' | 'exec'
  readonly logLevel: LogLevel
  /** Name servers for containers; absent when the host's are to be used. */
  readonly dns?: readonly string[]
  readonly dnsOpts?: readonly string[]
  readonly dnsSearch?: readonly string[]
  /** The address of `host-gateway` in extra hosts. */
  readonly hostGatewayIp?: string
  /** Address and prefix of the default network's bridge: `10.4.0.1/24`. */
  readonly bridgeIp?: string
  /** In order of preference; empty when the order of `@vethra/networks` is to be used. */
  readonly addressPools: readonly AddressPool[]
  /** How long one plugin may run, in milliseconds. */
  readonly pluginTimeoutMs: number
  /** How much one plugin may print, in octets. */
  readonly pluginOutputLimit: number
  /** Where the daemon listens. */
  readonly socket: string
  /** How long the daemon goes without a look at the host where nothing changes, in milliseconds. */
  readonly reconcileIntervalMs: number
  readonly runtime: RuntimeSettings
}

/** A setting by its key in vethra.toml. */
export type SettingKey =
  | 'data_root'
  | 'address'
  | 'namespace'
  | 'cni_path'
  | 'cni_netconfpath'
  | 'containerd_config'
  | 'cni_cache'
  | 'plugins'
  | 'log_level'
  | 'dns'
  | 'dns_opts'
  | 'dns_search'
  | 'host_gateway_ip'
  | 'bridge_ip'
  | 'address_pools'
  | 'plugin_timeout'
  | 'plugin_output_limit'
  | 'socket'
  | 'reconcile_interval'

/** Where a setting came from. */
export type Source = 'flag' | 'env' | 'toml' | 'containerd' | 'default'

/** Settings as text, before they are checked: one text, or several where the flag may be repeated. */
export type GivenSettings = Readonly<Partial<Record<SettingKey, string | readonly string[]>>>
