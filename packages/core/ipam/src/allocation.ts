import { type Address, compareAddresses, formatAddress } from '@vethra/address'
import { CniError } from '@vethra/cni'
import { type Candidate, candidates } from './candidates.ts'
import type { Claim, ClaimOutcome, Holder } from './claim.ts'
import { formatRangeSet, type RangeSet, rangeOf } from './range-set.ts'

/** The request of a container: one address out of every set. */
export interface AllocationRequest {
  readonly network: string
  readonly holder: Holder
  readonly sets: readonly RangeSet[]
  /** Addresses asked for by name, each to be reserved in the set that has it. */
  readonly requested: readonly Address[]
}

/** The outcome of a request: an address for each set in their order, or the reason why there is none. */
export type Allocation =
  | { readonly kind: 'allocated'; readonly ips: readonly Candidate[] }
  | RefusedAllocation

interface RefusedAllocation {
  readonly kind: 'refused'
  /** host-local's text. */
  readonly message: string
  /** The set that has no free address, when that is why. */
  readonly exhausted?: RangeSet
}

/** One step of an allocation: a claim for a store to walk, or the end of it. */
type AllocationStep = ClaimStep | RefusedAllocation

/** A claim, and where its address may come from. */
interface ClaimStep {
  readonly kind: 'claim'
  readonly claim: Claim
  readonly ranges: RangeSet
  /** The address asked for by name. */
  readonly wanted?: Address
}

/** The claims of a request, a range set each, requested addresses first (host-local, cmdAdd); last a refusal where it cannot be met. */
export function allocationSteps(request: AllocationRequest): readonly AllocationStep[] {
  const steps: AllocationStep[] = []
  let pending = unique(request.requested)
  for (const [index, ranges] of request.sets.entries()) {
    const wanted = pending.find((address) => rangeOf(ranges, address))
    pending = pending.filter((address) => address !== wanted)
    const claimant = { ...request.holder, set: index }
    steps.push(wanted ? namedStep(claimant, ranges, wanted) : anyStep(claimant, ranges))
  }
  if (pending.length === 0) return steps
  const rest = pending.map(formatAddress).join(' ')
  return [...steps, refused(`failed to allocate all requested IPs: ${rest}`)]
}

type Claimant = Omit<Claim, 'candidates' | 'unlessHeldIn'>

// A requested address is given whatever the container has already: host-local asks there no more.
function namedStep(claimant: Claimant, ranges: RangeSet, wanted: Address): AllocationStep {
  const range = rangeOf(ranges, wanted)
  if (range && compareAddresses(wanted, range.gateway) === 0) {
    const message = `requested ip ${formatAddress(wanted)} is subnet's gateway`
    return refusedIn(claimant.set, message)
  }
  return { kind: 'claim', claim: { ...claimant, candidates: () => [wanted] }, ranges, wanted }
}

function anyStep(claimant: Claimant, ranges: RangeSet): AllocationStep {
  const claim: Claim = {
    ...claimant,
    candidates: (last) => candidates(ranges, last),
    unlessHeldIn: (address) => rangeOf(ranges, address) !== undefined,
  }
  return { kind: 'claim', claim, ranges }
}

/** The address that a step's claim got, or the reason why none. Throws CniError 999 for one outside of its ranges. */
export function readAllocated(
  { claim, ranges, wanted }: ClaimStep,
  outcome: ClaimOutcome,
): Candidate | RefusedAllocation {
  if (outcome.kind === 'none') {
    const text = formatRangeSet(ranges)
    if (wanted) {
      const what = `requested IP address ${formatAddress(wanted)}`
      return refusedIn(claim.set, `${what} is not available in range set ${text}`)
    }
    const refusal = refusedIn(claim.set, `no IP addresses available in range set: ${text}`)
    return { ...refusal, exhausted: ranges }
  }
  const { address } = outcome
  if (outcome.kind === 'held') {
    const what = `${formatAddress(address)} has been allocated to ${claim.containerId}`
    return refusedIn(claim.set, `${what}, duplicate allocation is not allowed`)
  }
  const range = rangeOf(ranges, address)
  if (range) return { address, range }
  throw new CniError({
    code: 999,
    message: `the store returned ${formatAddress(address)}, which was not requested`,
  })
}

function unique(list: readonly Address[]): readonly Address[] {
  return list.filter(
    (address, index) => list.findIndex((each) => compareAddresses(each, address) === 0) === index,
  )
}

function refusedIn(set: number, message: string): RefusedAllocation {
  return refused(`failed to allocate for range ${set}: ${message}`)
}

function refused(message: string): RefusedAllocation {
  return { kind: 'refused', message }
}
