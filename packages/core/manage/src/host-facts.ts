import {
  bridgeName,
  isolationSupport,
  type Network,
  type NetworkFacts,
  type NetworkOptions,
  networksFromFiles,
  type UsedPrefix,
  usedPrefixes,
  wantsIsolation,
} from '@vethra/networks'
import type { ManageTools } from './tools.ts'

/** What a new network must know of the host and of the networks that there are, those of other namespaces too. */
export async function hostFacts(
  tools: ManageTools,
  networks: readonly Network[],
  options?: NetworkOptions,
): Promise<NetworkFacts> {
  const { settings, effects } = tools
  const [prefixes, route, others] = await Promise.all([
    effects.hostPrefixes(),
    effects.defaultRoute(),
    networksOfOthers(tools),
  ])
  const onHost: readonly UsedPrefix[] = prefixes.map((each) => ({
    prefix: each.prefix,
    by: each.source === 'address' ? `interface ${each.interface}` : `route via ${each.interface}`,
    device: each.interface,
  }))
  return {
    used: [...onHost, ...usedPrefixes(networks), ...others.flatMap(usedElsewhere)],
    pools: settings.addressPools,
    ...(route === undefined ? {} : { defaultDevice: route.device }),
    ...(route?.mtu === undefined ? {} : { defaultMtu: route.mtu }),
    ...(options === undefined ? {} : await factsFor(tools, options, others)),
  }
}

/** The networks of all other namespaces; files there that are no conf lists are left out. */
export async function networksOfOthers({ networks }: ManageTools): Promise<readonly Network[]> {
  return networksFromFiles(await networks.listOthers()).networks
}

function usedElsewhere(network: Network): readonly UsedPrefix[] {
  return usedPrefixes([network]).map(({ prefix, by }) => ({
    prefix,
    by: `${by} in ${network.file}`,
  }))
}

async function factsFor(
  { settings, effects }: ManageTools,
  options: NetworkOptions,
  others: readonly Network[],
): Promise<Pick<NetworkFacts, 'isolation' | 'bridge'>> {
  const isolation = wantsIsolation(options)
    ? { isolation: isolationSupport(await effects.askFirewallPlugin('isolated')) }
    : {}
  const hasNamesake = others.some(({ name }) => name === options.name)
  return {
    ...isolation,
    ...(hasNamesake ? { bridge: bridgeName(options.name, settings.namespace) } : {}),
  }
}
