import type { Holder, Member, NetworkNames } from './zone.ts'

/** The containers that bear a name, in the networks' order: as `name`, as `name.network` there alone, else as hostname. */
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
