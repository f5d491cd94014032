import type { Owned, State } from './resource.ts'

/** The published ports of a state that lead to any of the addresses, in their order. */
export function publishedTo(state: State, addresses: readonly string[]): State {
  return state.filter(
    ({ resource }) => resource.kind === 'publish' && addresses.includes(resource.address),
  )
}

/** The subnets that a resource forwards or masquerades; none for any other. */
export function subnetsOf({ resource }: Owned): readonly string[] {
  if (resource.kind === 'admit') return resource.subnets
  return resource.kind === 'masquerade' ? [resource.subnet] : []
}
