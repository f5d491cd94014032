import type { ContainerNames } from './container-names.ts'
import { isNetworkId, networkKey } from './network-key.ts'

/** The networks that a set of containers refers to. */
export interface KnownNetworks {
  /** By reference: what `networkKey` says of it. */
  readonly keys: ReadonlyMap<string, string>
  /** By key: the name, where some reference gives it. */
  readonly names: ReadonlyMap<string, string>
}

/** Looks at each reference once. */
export function knownNetworks(all: readonly ContainerNames[]): KnownNetworks {
  const refs = new Set(all.flatMap(refsOf))
  const keys = new Map([...refs].sort().map((ref) => [ref, networkKey(ref)]))
  const named = [...keys].filter(([ref]) => !isNetworkId(ref))
  return { keys, names: new Map(named.map(([ref, key]) => [key, ref])) }
}

function refsOf({ networks, aliases }: ContainerNames): readonly string[] {
  return ['bridge', ...Object.keys(networks ?? {}), ...Object.keys(aliases ?? {})]
}
