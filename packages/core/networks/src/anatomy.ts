import { goField, goItems, type Json, jsonOrNull, type PluginConf, present } from '@vethra/cni'
import { type AuxBySubnet, auxLabel, readAuxLabel } from './aux-addresses.ts'
import type { UsedPrefix } from './choose-subnet.ts'
import type { Network } from './network.ts'
import { elements, textField } from './read-json.ts'

/** One subnet that addresses are given out of, as the conf list has it. */
interface NetworkSubnet {
  readonly subnet: string
  readonly gateway?: string
  /** The user's `--ip-range`. */
  readonly ipRange?: string
  /** Addresses that no container gets, by name; empty when there are none. */
  readonly auxAddresses: Readonly<Record<string, string>>
}

/** The bridge that a network is on: of its first bridge plugin, whose own default is `cni0`; `undefined` when it has none. */
export function networkBridge(network: Network): string | undefined {
  const conf = confOf(network, 'bridge')
  return conf === undefined ? undefined : (textField(conf, 'bridge') ?? 'cni0')
}

/**
 * The interface of the host that a macvlan or ipvlan network is on, empty for that of the default route, and the MTU asked for.
 * Undefined for other networks, and for one on an interface inside.
 */
export function networkParent(
  network: Network,
): { readonly device: string; readonly mtu: number } | undefined {
  const conf = confOf(network, 'macvlan', 'ipvlan')
  if (conf === undefined || goField(conf, 'linkInContainer') === true) return undefined
  const mtu = goField(conf, 'mtu')
  return { device: textField(conf, 'master') ?? '', mtu: typeof mtu === 'number' ? mtu : 0 }
}

/** Whether portmap publishes a network's ports at ::1 (dual-stack lists of nerdctl and 0.1), from where no packet leaves (RFC 4291, 2.5.3). */
export function hangsAtLoopback(network: Network): boolean {
  const portmap = confOf(network, 'portmap')
  if (portmap === undefined || goField(portmap, 'conditionsV6') !== undefined) return false
  return networkSubnets(network).some(({ subnet }) => subnet.includes(':'))
}

/** The conf of the first plugin of these types, null where it is not JSON; `undefined` when there is none. */
export function confOf({ list }: Network, ...types: readonly string[]): Json | undefined {
  const plugin = list.plugins.find(({ type }) => types.includes(type))
  return plugin && jsonOrNull(plugin.text)
}

/** The plugins that ADD runs, each once, in the order of ADD; an IPAM plugin after the one that calls it. */
export function networkPlugins(network: Network): readonly string[] {
  return [
    ...new Set(network.list.plugins.flatMap(({ type, ipamType }) => [type, ipamType ?? type])),
  ]
}

/** The folders that host-local keeps the reservations of a network in, each once: `DIR/NETWORK`, of which this is DIR. Empty without host-local. */
export function ipamDataDirs(network: Network): readonly string[] {
  const dirs = network.list.plugins
    .filter(({ ipamType }) => ipamType === 'host-local')
    .map((plugin) => textField(ipamOf(plugin), 'dataDir') ?? '/var/lib/cni/networks')
  return [...new Set(dirs)]
}

/** The subnets of a network, in the order of its plugins and range sets; ranges of one set in one subnet count once. */
export function networkSubnets(network: Network): readonly NetworkSubnet[] {
  const aux = readAuxLabel(network.labels[auxLabel])
  return network.list.plugins.flatMap((plugin) =>
    rangeSetsOf(ipamOf(plugin)).flatMap((set) => firstOfEach(set, aux)),
  )
}

/** The prefixes that new subnets must keep clear of, whichever plugins: subnets of ranges, and addresses of the static plugin. */
export function usedPrefixes(networks: readonly Network[]): readonly UsedPrefix[] {
  return networks.flatMap((network) => {
    const fixed = network.list.plugins.flatMap((plugin) =>
      goItems(ipamOf(plugin), 'addresses').map((each) => textField(each, 'address') ?? ''),
    )
    const prefixes = [...networkSubnets(network).map(({ subnet }) => subnet), ...fixed]
    const by = `network ${network.name}`
    return [...new Set(prefixes)].filter((each) => each !== '').map((prefix) => ({ prefix, by }))
  })
}

/** The configurations of a network's IPAM plugins, the type included. */
export function ipamConfs(network: Network): readonly Json[] {
  return network.list.plugins.map(ipamOf)
}

function ipamOf(plugin: PluginConf): Json {
  return goField(jsonOrNull(plugin.text), 'ipam') ?? null
}

// host-local's legacy form, one range in the ipam object itself, comes before its range sets.
function rangeSetsOf(ipam: Json): readonly (readonly Json[])[] {
  const legacy = textField(ipam, 'subnet') === undefined ? [] : [[ipam]]
  return [...legacy, ...goItems(ipam, 'ranges').map(elements)]
}

function firstOfEach(ranges: readonly Json[], aux: AuxBySubnet): readonly NetworkSubnet[] {
  const subnets = new Map<string, NetworkSubnet>()
  for (const range of ranges) {
    const subnet = textField(range, 'subnet')
    if (subnet !== undefined && !subnets.has(subnet)) {
      subnets.set(subnet, {
        subnet,
        ...present({ gateway: textField(range, 'gateway'), ipRange: textField(range, 'ipRange') }),
        auxAddresses: Object.hasOwn(aux, subnet) ? (aux[subnet] ?? {}) : {},
      })
    }
  }
  return [...subnets.values()]
}
