import type { Holder, NetworkNames } from './zone.ts'

/**
 * The containers that bear a name in these networks, in the networks' order: by `name`, or by `name.network` in that
 * network alone. A hostname counts where nobody bears it as a name or alias.
 */
export function findHolders(networks: readonly NetworkNames[], name: string): readonly Holder[] {
  const found = networks.flatMap((network) => [
    ...(network.holders.get(name) ?? []),
    ...network.suffixes.flatMap((suffix) =>
      name.endsWith(suffix) ? (network.holders.get(name.slice(0, -suffix.length)) ?? []) : [],
    ),
  ])
  const chosen = found.filter(({ isHostname }) => !isHostname)
  return chosen.length > 0 ? chosen : found
}
