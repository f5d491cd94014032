import type { Network, NetworkFacts, UsedPrefix } from '@vethra/networks'
import { usedPrefixes } from '@vethra/networks'
import type { ManageTools } from './tools.ts'

/** What a new network must know of the host and of the networks that there are. */
export async function hostFacts(
  { settings, effects }: ManageTools,
  networks: readonly Network[],
): Promise<NetworkFacts> {
  const [prefixes, defaultMtu] = await Promise.all([
    effects.hostPrefixes(),
    effects.defaultRouteMtu(),
  ])
  const onHost: readonly UsedPrefix[] = prefixes.map((each) => ({
    prefix: each.prefix,
    by: each.source === 'address' ? `interface ${each.interface}` : `route via ${each.interface}`,
    device: each.interface,
  }))
  return {
    used: [...onHost, ...usedPrefixes(networks)],
    pools: settings.addressPools,
    ...(defaultMtu === undefined ? {} : { defaultMtu }),
  }
}
