import { keyOf } from './key.ts'
import { isSameOwner } from './owner.ts'
import type { Owned, Resource, State } from './resource.ts'

/** A resource that is wanted for one owner, and found to be another's. */
export interface Conflict {
  readonly wanted: Owned
  readonly found: Owned
}

/** The wanted resources that belong to another owner; a port that leads to its own wanted address in the same network is none. */
export function conflictsOf(desired: State, observed: State): readonly Conflict[] {
  const found = new Map(observed.map((each) => [keyOf(each.resource), each]))
  return desired.flatMap((wanted) => {
    const other = found.get(keyOf(wanted.resource))
    const isTaken =
      other !== undefined &&
      wanted.owner.kind === 'attachment' &&
      !isSameOwner(wanted.owner, other.owner) &&
      !(isSameNetwork(wanted, other) && leadsToSame(wanted.resource, other.resource))
    return isTaken && other ? [{ wanted, found: other }] : []
  })
}

function isSameNetwork({ owner }: Owned, other: Owned): boolean {
  if (owner.kind === 'host' || other.owner.kind === 'host') return false
  return owner.network === other.owner.network
}

function leadsToSame(wanted: Resource, found: Resource): boolean {
  return wanted.kind === 'publish' && found.kind === 'publish' && wanted.address === found.address
}
