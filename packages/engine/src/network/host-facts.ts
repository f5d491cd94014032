import { present } from '@vethra/cni'
import {
  bridgeName,
  isolationSupport,
  type Network,
  type NetworkFacts,
  type NetworkOptions,
  type UsedPrefix,
  usedPrefixes,
  wantsIsolation,
} from '@vethra/networks'
import type { SeenFeature } from '@vethra/state'
import type { UsedByHost } from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'
import { knownNetworks, networksOfOthers } from './known-networks.ts'
import type { ManageTools } from './tools.ts'

/** The ports that `readSurroundings` asks. */
export interface FactTools {
  readonly host: Partial<Pick<HostTools, 'rootless' | 'places'>>
  readonly networks: Pick<ManageTools['networks'], 'list' | 'listOthers'>
  readonly settings: Pick<ManageTools['settings'], 'addressPools'>
  readonly effects: Pick<ManageTools['effects'], 'hostPrefixes' | 'defaultRoute' | 'kernelFeatures'>
}

/** The existing networks and the facts of the host, which a new network has to fit in with. */
export interface Surroundings {
  /** The networks that the namespace sees. */
  readonly networks: readonly Network[]
  /** The networks of all other namespaces. */
  readonly others: readonly Network[]
  readonly facts: NetworkFacts
  readonly features: readonly SeenFeature[]
}

/** Reads the networks and the host once, for any number of new networks. */
export async function readSurroundings(tools: FactTools): Promise<Surroundings> {
  const [neighbours, features] = await Promise.all([
    readNeighbours(tools),
    tools.effects.kernelFeatures(),
  ])
  return { ...neighbours, features }
}

/** The part of `readSurroundings` that other commands change. */
export async function readNeighbours(tools: FactTools): Promise<Omit<Surroundings, 'features'>> {
  const { settings, effects, host } = tools
  // What host-local has of its own may not be writable there.
  const dataDir = host.rootless && host.places?.networks
  const [networks, others, prefixes, route] = await Promise.all([
    knownNetworks(tools.networks),
    networksOfOthers(tools.networks),
    effects.hostPrefixes(),
    effects.defaultRoute(),
  ])
  const onHost: readonly UsedPrefix[] = prefixes.map((each) => ({
    prefix: each.prefix,
    by: userOf(each),
    device: each.interface,
  }))
  const facts = {
    used: [...onHost, ...usedPrefixes(networks), ...others.flatMap(usedElsewhere)],
    pools: settings.addressPools,
    ...(route === undefined ? {} : { defaultDevice: route.device }),
    ...present({ defaultMtu: route?.mtu, dataDir }),
  }
  return { networks, others, facts }
}

/** Surroundings in which one more network exists. */
export function withNetwork(around: Surroundings, network: Network): Surroundings {
  const used = [...around.facts.used, ...usedPrefixes([network])]
  return {
    ...around,
    networks: [...around.networks, network],
    facts: { ...around.facts, used },
  }
}

function userOf({ source, interface: device }: UsedByHost): string {
  if (source === 'address') return `interface ${device}`
  return device === '' ? 'a route to nowhere' : `route via ${device}`
}

function usedElsewhere(network: Network): readonly UsedPrefix[] {
  return usedPrefixes([network]).map(({ prefix, by }) => ({
    prefix,
    by: `${by} in ${network.file}`,
  }))
}

/** Further facts for a network of these options: whether the firewall plugin can isolate, and which bridge is free for it. */
export async function factsFor(
  tools: ManageTools,
  options: NetworkOptions,
  others: readonly Network[],
): Promise<Pick<NetworkFacts, 'isolation' | 'bridge'>> {
  const { settings, effects } = tools
  const bridge = others.some(({ name }) => name === options.name)
    ? { bridge: bridgeName(options.name, settings.namespace) }
    : {}
  if (!wantsIsolation(options)) return bridge
  // The firewall plugin in this process isolates.
  if (tools.host.runner.stage && tools.host.plugins !== 'exec')
    return { ...bridge, isolation: { supported: true, why: '' } }
  return { ...bridge, isolation: isolationSupport(await effects.askFirewallPlugin('isolated')) }
}
