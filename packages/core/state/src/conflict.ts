import { keyOf } from './key.ts'
import { isSameOwner } from './owner.ts'
import type { Owned, Resource, State } from './resource.ts'

/** A resource that is wanted for one owner, and found to be another's. */
export interface Conflict {
  readonly wanted: Owned
  readonly found: Owned
}

/**
 * The resources that are wanted for an attachment and belong to another owner: none may be taken. A port that
 * leads to the address that it is wanted for is no conflict: it is the rest of an attachment which had that
 * address before.
 */
export function conflictsOf(desired: State, observed: State): readonly Conflict[] {
  const found = new Map(observed.map((each) => [keyOf(each.resource), each]))
  return desired.flatMap((wanted) => {
    const other = found.get(keyOf(wanted.resource))
    const isTaken =
      other !== undefined &&
      wanted.owner.kind === 'attachment' &&
      !isSameOwner(wanted.owner, other.owner) &&
      !leadsToSame(wanted.resource, other.resource)
    return isTaken && other ? [{ wanted, found: other }] : []
  })
}

function leadsToSame(wanted: Resource, found: Resource): boolean {
  return wanted.kind === 'publish' && found.kind === 'publish' && wanted.address === found.address
}
