import { type Address, addAddress, compareAddresses, formatAddress } from '@vethra/address'
import type { Range } from './range.ts'
import { type RangeSet, rangeOf } from './range-set.ts'

/** An address that may be given, or was, and the range that it comes out of. */
export interface Candidate {
  readonly address: Address
  readonly range: Range
}

/** A given address with its gateway, as results of host-local have them. */
export function ipOf({ address, range }: Candidate): { address: string; gateway: string } {
  const cidr = `${formatAddress(address)}/${range.subnet.length}`
  return { address: cidr, gateway: formatAddress(range.gateway) }
}

/** A range set's addresses in host-local's order (RangeIter), lazily, from behind `lastReserved` round to it, without the range's gateway. */
export function* candidates(set: RangeSet, lastReserved?: Address): Generator<Address> {
  const first = firstCandidate(set, lastReserved)
  let current = first
  while (current) {
    if (compareAddresses(current.address, current.range.gateway) !== 0) yield current.address
    current = nextCandidate(set, current)
    // Ranges of a set share no address, so the address alone tells that the round is complete.
    if (first && compareAddresses(current.address, first.address) === 0) return
  }
}

function firstCandidate(set: RangeSet, lastReserved?: Address): Candidate | undefined {
  const range = lastReserved && rangeOf(set, lastReserved)
  if (range) return nextCandidate(set, { address: lastReserved, range })
  const [start] = set
  return start && { address: start.start, range: start }
}

function nextCandidate(set: RangeSet, { address, range }: Candidate): Candidate {
  const next = compareAddresses(address, range.end) === 0 ? undefined : addAddress(address, 1n)
  if (next) return { address: next, range }
  const following = set[(set.indexOf(range) + 1) % set.length] ?? range
  return { address: following.start, range: following }
}
