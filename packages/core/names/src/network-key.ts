import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { ContainerNames } from './container-names.ts'

/** The key of a network by name, short id or id: the first 12 hex of its id, the SHA-256 of its name (nerdctl). */
export function networkKey(ref: string): string {
  return isNetworkId(ref) ? ref.slice(0, 12) : bytesToHex(sha256(utf8ToBytes(ref))).slice(0, 12)
}

/** Whether a reference is an id, short or long, rather than a name. */
function isNetworkId(ref: string): boolean {
  return /^([0-9a-f]{12}|[0-9a-f]{64})$/.test(ref)
}

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
