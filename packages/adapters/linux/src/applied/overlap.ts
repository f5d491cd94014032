import { areOverlapping } from '@vethra/address'
import { type CniError, inUseError } from '@vethra/cni'
import { type Change, type Owned, ownerMark, type State, subnetsOf, targetOf } from '@vethra/state'

/** The CniError 102 of a change whose subnet overlaps one in the table, which sets of prefixes do not take; else undefined. */
export function overlapOf(change: Change, effects: State): CniError | undefined {
  if (change.kind === 'remove') return undefined
  for (const own of subnetsOf(targetOf(change))) {
    for (const other of effects) {
      const found = subnetsOf(other).find((each) => each !== own && areOverlapping(own, each))
      if (found === undefined) continue
      const network = networkOf(other)
      return inUseError(
        `subnet ${own} overlaps subnet ${found} of network ${network}: table inet vethra has no room for both`,
        network === networkOf(targetOf(change))
          ? 'Detach the containers that have addresses of the former subnet, then: vethra doctor --repair'
          : 'Give one of the two networks another subnet, or use the programs: --plugins exec.',
      )
    }
  }
  return undefined
}

function networkOf({ owner }: Owned): string {
  return ownerMark(owner).split(' ')[1] ?? ''
}
