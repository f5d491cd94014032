import type { SettingKey } from './settings.ts'

/** One setting: how it is given, and what the help text says of it. */
export interface SettingFlag {
  /** The key in vethra.toml with dashes. */
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

// In the order of help texts.
const settings: Readonly<Record<SettingKey, Omit<SettingFlag, 'flag' | 'toml'>>> = {
  data_root: {
    env: 'VETHRA_DATA_ROOT',
    value: 'DIR',
    help: 'folder of all stored state (/var/lib/vethra)',
    ...baked,
  },
  address: {
    env: 'CONTAINERD_ADDRESS',
    value: 'ADDR',
    help: "containerd's socket; it names the data store (/run/containerd/containerd.sock)",
    ...baked,
  },
  namespace: {
    short: '-n',
    env: 'CONTAINERD_NAMESPACE',
    value: 'NS',
    help: "containerd's namespace (default)",
    ...baked,
  },
  cni_path: {
    env: 'CNI_PATH',
    value: 'DIR[:DIR]',
    help: 'folders of CNI plugins, first match wins (the first usual one that exists)',
    ...baked,
  },
  cni_netconfpath: {
    env: 'NETCONFPATH',
    value: 'DIR',
    help: 'folder of conf lists (/etc/cni/net.d)',
    ...baked,
  },
  containerd_config: {
    env: 'VETHRA_CONTAINERD_CONFIG',
    value: 'FILE',
    help: "containerd's config.toml, to take its CNI folders from (not read)",
    ...baked,
  },
  cni_cache: {
    env: 'VETHRA_CNI_CACHE',
    value: 'DIR',
    help: 'folder of the result cache, results/ in it (/var/lib/cni)',
    ...baked,
  },
  plugins: {
    env: 'VETHRA_PLUGINS',
    value: 'auto|native|exec',
    help: 'which CNI plugins run in this process, not as programs: see docs/engine.md (auto)',
    ...baked,
  },
  log_level: {
    env: 'VETHRA_LOG_LEVEL',
    value: 'LEVEL',
    help: 'debug, info, warn or error; debug logs each plugin call with its time (warn)',
    ...baked,
  },
  dns: {
    value: 'IP',
    help: "name server for containers, repeatable (the host's)",
    ...repeated,
  },
  dns_opts: {
    value: 'OPTION',
    help: "resolv.conf option for containers, repeatable (the host's)",
    ...repeated,
  },
  dns_search: {
    value: 'DOMAIN',
    help: "search domain for containers, repeatable (the host's)",
    ...repeated,
  },
  host_gateway_ip: {
    value: 'IP',
    help: 'address of host-gateway in --add-host (one of the host)',
    ...once,
  },
  bridge_ip: {
    value: 'IP/LEN',
    help: "address of the default network's bridge (10.4.0.1/24)",
    ...once,
  },
  address_pools: {
    value: 'base=CIDR,size=LEN',
    help: 'address pool for the subnets of new networks, repeatable (private ranges)',
    ...repeated,
  },
  plugin_timeout: {
    env: 'VETHRA_PLUGIN_TIMEOUT',
    value: 'SECONDS',
    help: 'time limit of one plugin, in seconds (60)',
    ...baked,
  },
  plugin_output_limit: {
    env: 'VETHRA_PLUGIN_OUTPUT_LIMIT',
    value: 'MIB',
    help: 'output limit of one plugin, in MiB (16)',
    ...baked,
  },
  socket: {
    env: 'VETHRA_SOCKET',
    value: 'PATH',
    help: 'socket of the daemon (/run/vethra/vethra.sock)',
    ...once,
  },
  reconcile_interval: {
    env: 'VETHRA_RECONCILE_INTERVAL',
    value: 'SECONDS',
    help: 'longest time between two looks of the daemon at the host, in seconds (300)',
    ...once,
  },
}

/** Every global setting, in the order of help texts. The one table: flags, environment and vethra.toml are read by it. */
export const settingFlags: readonly SettingFlag[] = Object.entries(settings).map(([key, row]) => ({
  flag: `--${key.replaceAll('_', '-')}`,
  toml: key as SettingKey,
  ...row,
}))
