import { CniError } from '@vethra/cni'
import { formatRangeSet, formatUsage, type RangeSet, sizeOf, usageOf } from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'

/** The range sets of one network, and who of its containers is certainly dead. */
export interface SetsOf {
  readonly store: IpamStore
  readonly network: string
  /** Ids of containers that are certainly dead. Default: none is known. */
  readonly dead?: () => Promise<NonNullable<Parameters<typeof usageOf>[2]>>
}

/** The usage of a range set in words, for the error that says it is full. */
export async function whyFull({ store, network, dead }: SetsOf, set: RangeSet): Promise<string> {
  const usage = usageOf(set, await store.list(network), await dead?.())
  const hint = usage.dead > 0 ? '; "vethra ipam gc" frees what is certainly dead' : ''
  return `${formatUsage(usage)}${hint}`
}

/** Throws CniError 50 for a range set that has no free address. */
export async function demandFree(of: SetsOf, sets: readonly RangeSet[]): Promise<void> {
  const { store, network } = of
  // The count of names is an upper bound, and cheap; who holds them matters only when it is reached.
  const taken = BigInt((await store.taken(network)).length)
  for (const set of sets) {
    if (taken >= sizeOf(set)) await refuseFull(of, set)
  }
}

async function refuseFull(of: SetsOf, set: RangeSet): Promise<void> {
  const held = (await of.store.list(of.network)).filter(({ containerId }) => containerId !== '')
  const { size, reserved } = usageOf(set, held)
  if (BigInt(reserved) < size) return
  throw new CniError({
    code: 50,
    message: `no IP addresses available in range set: ${formatRangeSet(set)}`,
    details: await whyFull(of, set),
  })
}
