import {
  type Allocation,
  type AllocationRequest,
  allocationSteps,
  type Candidate,
  readAllocated,
} from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'
import { undoAfter } from './failures.ts'

/** Reserves an address of each range set, requested ones first; gives all back when one has none. Throws what the store throws. */
export async function allocate(store: IpamStore, request: AllocationRequest): Promise<Allocation> {
  const ips: Candidate[] = []
  const giveBack = async () => {
    if (ips.length > 0) await store.release(request.network, request.holder)
  }
  const outcome = await reserveAll(store, request, ips).catch(async (error: unknown) => {
    throw await undoAfter(error, giveBack)
  })
  if (outcome.kind === 'refused') await giveBack()
  return outcome
}

async function reserveAll(
  store: IpamStore,
  request: AllocationRequest,
  ips: Candidate[],
): Promise<Allocation> {
  for (const step of allocationSteps(request)) {
    if (step.kind === 'refused') return step
    const result = readAllocated(step, await store.reserveFirst(request.network, step.claim))
    if ('kind' in result) return result
    ips.push(result)
  }
  return { kind: 'allocated', ips }
}
