import { type Address, compareAddresses, formatAddress } from '@vethra/address'
import { CniError } from '@vethra/cni'
import { candidates } from './candidates.ts'
import type { Range } from './range.ts'
import { formatRangeSet, type RangeSet, rangeOf } from './range-set.ts'
import type { ClaimOutcome, Holder, IpamStore } from './store.ts'

/** The request of a container: one address out of every set. */
export interface AllocationRequest {
  readonly network: string
  readonly holder: Holder
  readonly sets: readonly RangeSet[]
  /** Addresses asked for by name, each to be reserved in the set that has it. */
  readonly requested: readonly Address[]
}

/** An address that was reserved, and the range that it came out of. */
export interface Allocated {
  readonly address: Address
  readonly range: Range
}

/**
 * The outcome of a request: an address for each set in their order, or the reason why there is
 * none.
 */
export type Allocation =
  | { readonly kind: 'allocated'; readonly ips: readonly Allocated[] }
  | {
      readonly kind: 'refused'
      /** host-local's text. */
      readonly message: string
      /** The set that has no free address, when that is why. */
      readonly exhausted?: RangeSet
    }

type Refusal = Extract<Allocation, { kind: 'refused' }>

/**
 * Reserves one address in each range set, requested ones first (host-local, main.go, cmdAdd). When a
 * later set has none, or a requested address is left over, everything that the holder has in this
 * network is given back, as host-local does; the round robin goes on all the same. Throws what the store
 * throws, after the same clearing up.
 */
export async function allocate(store: IpamStore, request: AllocationRequest): Promise<Allocation> {
  const ips: Allocated[] = []
  const giveBack = async () => {
    if (ips.length > 0) await store.release(request.network, request.holder)
  }
  const outcome = await reserveAll(store, request, ips).catch(async (error: unknown) => {
    await giveBack().catch((second: unknown) => {
      throw bothFailed(error, second)
    })
    throw error
  })
  if (outcome.kind === 'refused') await giveBack()
  return outcome
}

function bothFailed(error: unknown, second: unknown): CniError {
  return new CniError({
    code: error instanceof CniError ? error.code : 999,
    message: error instanceof Error ? error.message : String(error),
    cause: new AggregateError([error, second]),
  })
}

async function reserveAll(
  store: IpamStore,
  request: AllocationRequest,
  ips: Allocated[],
): Promise<Allocation> {
  let pending = unique(request.requested)
  for (const [index, set] of request.sets.entries()) {
    const wanted = pending.find((address) => rangeOf(set, address))
    pending = pending.filter((address) => address !== wanted)
    const result = await reserveOne(store, request, { index, set, wanted })
    if ('kind' in result) {
      return { ...result, message: `failed to allocate for range ${index}: ${result.message}` }
    }
    ips.push(result)
  }
  if (pending.length === 0) return { kind: 'allocated', ips }
  const rest = pending.map(formatAddress).join(' ')
  return refused(`failed to allocate all requested IPs: ${rest}`)
}

interface Step {
  readonly index: number
  readonly set: RangeSet
  readonly wanted: Address | undefined
}

async function reserveOne(
  store: IpamStore,
  { network, holder }: AllocationRequest,
  { index, set, wanted }: Step,
): Promise<Allocated | Refusal> {
  const range = wanted && rangeOf(set, wanted)
  if (range && compareAddresses(wanted, range.gateway) === 0) {
    return refused(`requested ip ${formatAddress(wanted)} is subnet's gateway`)
  }
  const outcome = await store.reserve(network, {
    ...holder,
    set: index,
    candidates: wanted ? () => [wanted] : (last) => addresses(set, last),
    // A requested address is given whatever the container has already: host-local asks there no more.
    ...(wanted ? {} : { unlessHeldIn: (address: Address) => rangeOf(set, address) !== undefined }),
  })
  return readOutcome(outcome, { index, set, wanted }, holder)
}

function readOutcome(outcome: ClaimOutcome, step: Step, holder: Holder): Allocated | Refusal {
  const { set, wanted } = step
  const ranges = formatRangeSet(set)
  if (outcome.kind === 'none') {
    return wanted
      ? refused(
          `requested IP address ${formatAddress(wanted)} is not available in range set ${ranges}`,
        )
      : { ...refused(`no IP addresses available in range set: ${ranges}`), exhausted: set }
  }
  const { address } = outcome
  if (outcome.kind === 'held') {
    const { containerId } = holder
    return refused(
      `${formatAddress(address)} has been allocated to ${containerId}, duplicate allocation is not allowed`,
    )
  }
  const range = rangeOf(set, address)
  if (range) return { address, range }
  throw new CniError({
    code: 999,
    message: `the store returned ${formatAddress(address)}, which was not requested`,
  })
}

function* addresses(set: RangeSet, last: Address | undefined): Generator<Address> {
  for (const { address } of candidates(set, last)) yield address
}

function unique(list: readonly Address[]): readonly Address[] {
  return list.filter(
    (address, index) => list.findIndex((each) => compareAddresses(each, address) === 0) === index,
  )
}

function refused(message: string): Refusal {
  return { kind: 'refused', message }
}
