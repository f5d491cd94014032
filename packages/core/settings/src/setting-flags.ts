import type { SettingKey } from './settings.ts'

/** One setting: how it is given, and what the help text says of it. */
export interface SettingFlag {
  readonly flag: `--${string}`
  readonly short?: `-${string}`
  readonly env?: string
  /** The key in vethra.toml. */
  readonly toml: SettingKey
  /** The name of the value in help texts: `DIR`. */
  readonly value: string
  /** Whether the flag may be repeated; in vethra.toml the value is then an array. */
  readonly repeated: boolean
  /** Whether a hook line must carry it: it decides where things lie or how plugins are run. */
  readonly baked: boolean
  /** One line without a full stop; names the default. */
  readonly help: string
}

const once = { repeated: false, baked: false }
const baked = { repeated: false, baked: true }
const repeated = { repeated: true, baked: false }

/** Every global setting, in the order of help texts. The one table: flags, environment and vethra.toml are read by it. */
export const settingFlags: readonly SettingFlag[] = [
  {
    flag: '--data-root',
    env: 'VETHRA_DATA_ROOT',
    toml: 'data_root',
    value: 'DIR',
    help: 'folder of all stored state (/var/lib/vethra)',
    ...baked,
  },
  {
    flag: '--address',
    env: 'CONTAINERD_ADDRESS',
    toml: 'address',
    value: 'ADDR',
    help: "containerd's socket; it names the data store (/run/containerd/containerd.sock)",
    ...baked,
  },
  {
    flag: '--namespace',
    short: '-n',
    env: 'CONTAINERD_NAMESPACE',
    toml: 'namespace',
    value: 'NS',
    help: "containerd's namespace (default)",
    ...baked,
  },
  {
    flag: '--cni-path',
    env: 'CNI_PATH',
    toml: 'cni_path',
    value: 'DIR[:DIR]',
    help: 'folders of CNI plugins, first match wins (the first usual one that exists)',
    ...baked,
  },
  {
    flag: '--cni-netconfpath',
    env: 'NETCONFPATH',
    toml: 'cni_netconfpath',
    value: 'DIR',
    help: 'folder of conf lists (/etc/cni/net.d)',
    ...baked,
  },
  {
    flag: '--containerd-config',
    env: 'VETHRA_CONTAINERD_CONFIG',
    toml: 'containerd_config',
    value: 'FILE',
    help: "containerd's config.toml, to take its CNI folders from (not read)",
    ...baked,
  },
  {
    flag: '--cni-cache',
    env: 'VETHRA_CNI_CACHE',
    toml: 'cni_cache',
    value: 'DIR',
    help: 'folder of the result cache, results/ in it (/var/lib/cni)',
    ...baked,
  },
  {
    flag: '--plugins',
    env: 'VETHRA_PLUGINS',
    toml: 'plugins',
    value: 'auto|native|exec',
    help: 'which CNI plugins run in this process, not as programs: see docs/engine.md (auto)',
    ...baked,
  },
  {
    flag: '--log-level',
    env: 'VETHRA_LOG_LEVEL',
    toml: 'log_level',
    value: 'LEVEL',
    help: 'debug, info, warn or error; debug logs each plugin call with its time (warn)',
    ...baked,
  },
  {
    flag: '--dns',
    toml: 'dns',
    value: 'IP',
    help: "name server for containers, repeatable (the host's)",
    ...repeated,
  },
  {
    flag: '--dns-opts',
    toml: 'dns_opts',
    value: 'OPTION',
    help: "resolv.conf option for containers, repeatable (the host's)",
    ...repeated,
  },
  {
    flag: '--dns-search',
    toml: 'dns_search',
    value: 'DOMAIN',
    help: "search domain for containers, repeatable (the host's)",
    ...repeated,
  },
  {
    flag: '--host-gateway-ip',
    toml: 'host_gateway_ip',
    value: 'IP',
    help: 'address of host-gateway in --add-host (one of the host)',
    ...once,
  },
  {
    flag: '--bridge-ip',
    toml: 'bridge_ip',
    value: 'IP/LEN',
    help: "address of the default network's bridge (10.4.0.1/24)",
    ...once,
  },
  {
    flag: '--address-pools',
    toml: 'address_pools',
    value: 'base=CIDR,size=LEN',
    help: 'address pool for the subnets of new networks, repeatable (private ranges)',
    ...repeated,
  },
  {
    flag: '--plugin-timeout',
    env: 'VETHRA_PLUGIN_TIMEOUT',
    toml: 'plugin_timeout',
    value: 'SECONDS',
    help: 'time limit of one plugin, in seconds (60)',
    ...baked,
  },
  {
    flag: '--plugin-output-limit',
    env: 'VETHRA_PLUGIN_OUTPUT_LIMIT',
    toml: 'plugin_output_limit',
    value: 'MIB',
    help: 'output limit of one plugin, in MiB (16)',
    ...baked,
  },
  {
    flag: '--socket',
    env: 'VETHRA_SOCKET',
    toml: 'socket',
    value: 'PATH',
    help: 'socket of the daemon (/run/vethra/vethra.sock)',
    ...once,
  },
  {
    flag: '--reconcile-interval',
    env: 'VETHRA_RECONCILE_INTERVAL',
    toml: 'reconcile_interval',
    value: 'SECONDS',
    help: 'longest time between two looks of the daemon at the host, in seconds (300)',
    ...once,
  },
]
