import type { ContainerNames } from './container-names.ts'
import { hostAddress } from './host-address.ts'
import { entriesOf } from './host-entry.ts'
import { knownNetworks } from './network-key.ts'

/** A newcomer's names, with a precedence where others of its networks, perhaps gone, still claim its addresses. */
export function settleClaims(
  names: ContainerNames,
  others: readonly ContainerNames[],
): ContainerNames {
  const { precedence: _, ...rest } = names
  const near = withAddressOf(names, others)
  const networks = knownNetworks([names, ...near])
  const claimsOf = (each: ContainerNames) => entriesOf(each, networks).map(({ claim }) => claim)
  const claims = new Set(claimsOf(names))
  const rivals = near.filter((other) => claimsOf(other).some((claim) => claims.has(claim)))
  const highest = Math.max(-1, ...rivals.map(({ precedence = 0 }) => precedence))
  return highest < 0 ? rest : { ...rest, precedence: highest + 1 }
}

function withAddressOf(
  names: ContainerNames,
  others: readonly ContainerNames[],
): readonly ContainerNames[] {
  const own = new Set(addressesOf(names))
  return others.filter(
    (other) => other.id !== names.id && addressesOf(other).some((address) => own.has(address)),
  )
}

function addressesOf({ networks }: ContainerNames): readonly (string | undefined)[] {
  return Object.values(networks ?? {}).flatMap(({ ips }) =>
    ips.map(({ address }) => hostAddress(address.split('/', 1)[0] ?? '')?.text),
  )
}
