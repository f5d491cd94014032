import type { State } from './resource.ts'

/** The published ports of a state that lead to any of the addresses, in their order. */
export function publishedTo(state: State, addresses: readonly string[]): State {
  return state.filter(
    ({ resource }) => resource.kind === 'publish' && addresses.includes(resource.address),
  )
}
