import type { Holder, Member, NetworkNames } from './zone.ts'

/**
 * The containers that bear a name in these networks, in the networks' order: by `name`, or by `name.network` in that
 * network alone. A hostname counts where nobody bears it as a name or alias.
 */
export function findHolders(networks: readonly NetworkNames[], name: string): readonly Holder[] {
  const chosen = membersBy(networks, name, 'holders')
  if (chosen.length > 0) return chosen.map((member) => ({ member, isHostname: false }))
  return membersBy(networks, name, 'hostnames').map((member) => ({ member, isHostname: true }))
}

function membersBy(
  networks: readonly NetworkNames[],
  name: string,
  which: 'holders' | 'hostnames',
): readonly Member[] {
  return networks.flatMap((network) => [
    ...(network[which].get(name) ?? []),
    ...network.suffixes.flatMap((suffix) =>
      name.endsWith(suffix) ? (network[which].get(name.slice(0, -suffix.length)) ?? []) : [],
    ),
  ])
}
